"""single-source: one provider, or one with at least 95%."""

from collections.abc import Callable

from conftest import Toy  # type: ignore[import-not-found]

from graph.gaps import run


def found(view: Toy) -> dict[str, float]:
    answer = run(view, measures=["single-source"])
    return {f.subject.id: f.severity for f in answer.findings}


def test_one_provider_without_a_share(toy: Callable[[], Toy]) -> None:
    view = toy().add("Product", "EUV", "DUV").supply("EUV", ASML=None)
    view.supply("DUV", ASML=None, Nikon=None)
    assert found(view) == {"EUV": 1.0}
