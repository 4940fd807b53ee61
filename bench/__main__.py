"""`python -m bench [SUBJECT …]`: runs what is named, or all, and prints one table."""

import sys
from importlib import import_module

SUBJECTS = ("scale", "speed", "page", "truth", "links", "push", "shacl", "rdf")


def main(names: list[str]) -> None:
    chosen = names or list(SUBJECTS)
    unknown = sorted(set(chosen) - set(SUBJECTS))
    if unknown:
        sys.exit(f"no such bench: {', '.join(unknown)}; there are: {', '.join(SUBJECTS)}")
    print(f"{'what':44} {'seconds':>9} {'MB':>7}  against")
    for name in chosen:
        for what, seconds, megabytes, against in import_module(f"bench.{name}").rows():
            print(f"{what:44} {seconds:>9} {megabytes:>7}  {against}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
