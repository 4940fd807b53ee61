"""`python -m bench.planted SIZE [SEEDS [LOST…]]`: the lines of one size alone."""

import sys

from bench.planted.table import LOST, SEEDS, rows


def main(words: list[str]) -> None:
    size = int(words[0]) if words else 1_000
    seeds = int(words[1]) if len(words) > 1 else SEEDS.get(size, 5)
    lost = [float(w) for w in words[2:]] or LOST
    for what, seconds, _, figures in rows((size,), lost, seeds):
        print(f"{what:44} {seconds:>6}  {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
