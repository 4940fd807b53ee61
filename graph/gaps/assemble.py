"""From what a method found to a finding: ids, names, texts, evidence, confidence."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graph.finding import Derived, Finding, NotAssessed, Subject
from graph.gaps.confidence import confidence
from graph.gaps.derivation.generic import around
from graph.gaps.evidence import Backed, evidence
from graph.gaps.method import Ask, Clause, Enough, Found, Method, Node, Step, Template, Unknown
from graph.gaps.viewpoint import LANGS
from graph.messages import Lang, say
from graph.names import by_language, shown
from graph.network import Network


@dataclass(frozen=True)
class Named:
    """What is shown of a node."""

    id: str
    type: str
    name: str | None
    name_en: str | None

    def subject(self) -> Subject:
        return Subject(self.id, self.type, by_language(self.name, self.name_en))

    def shown(self, lang: Lang) -> str:
        return shown(self.name, self.name_en, lang, self.id)


def escaped(part: str) -> str:
    """A part of a finding's id: the four characters that separate parts are percent-encoded.

    >>> escaped("firm:9151@x")
    'firm%3A9151%40x'
    """
    for char in "%:@>":
        part = part.replace(char, f"%{ord(char):02X}")
    return part


def finding_id(method: Method, found: Found, names: Mapping[int, Named], ask: Ask) -> str:
    """`measure:subject>object@scope`: the same from run to run."""
    parts = [escaped(names[found.subject].id)]
    if found.object is not None:
        parts.append(escaped(names[found.object].id))
    scope = dict(found.scope)
    if method.regional and ask.region_id is not None:
        scope["region"] = ask.region_id
    if method.viewpoint and ask.home_id is not None:
        scope["home"] = ask.home_id
    text = "".join(f"@{key}={escaped(value)}" for key, value in sorted(scope.items()))
    return f"{method.measure}:{'>'.join(parts)}{text}"


def rounded(value: Any, names: Mapping[int, Named]) -> Any:
    """A value as it is written: six digits, ids for nodes, None for what is not a number."""
    if isinstance(value, Node):
        return names[value.k].id
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return round(float(value), 6) + 0.0 if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Mapping):
        return {str(k): rounded(v, names) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v, names) for v in value]
    return value


@dataclass(frozen=True)
class Place:
    """Where a finding stands in its measure: its rank, how many share it, how often it stays
    listed in draws, and between which ranks."""

    rank: int
    tied: int
    stable: float | None
    near: tuple[int, int] | None


class Assembler:
    """Makes findings of one method's answers."""

    def __init__(self, net: Network, ask: Ask, method: Method) -> None:
        self.net = net
        self.ask = ask
        self.method = method

    def names(self, keys: Iterable[int]) -> dict[int, Named]:
        """Ids, classes and names of nodes."""
        wanted = np.unique(np.fromiter(keys, np.int64))
        con = self.net.source.con
        con.register("gap_wanted", {"k": wanted})
        rows = con.execute(
            "SELECT n.k, n.id, n.class, n.name, n.name_en FROM node n JOIN gap_wanted USING (k)"
        ).fetchall()
        con.unregister("gap_wanted")
        return {k: Named(*rest) for k, *rest in rows}

    def chain(self, item: Found | Unknown) -> str:
        """The kind of chain: what the finding says, else the method, else the subject's own."""
        if item.chain or self.method.chain:
            return item.chain or self.method.chain or ""
        if item.subject is None:
            return "industry"
        (position,) = self.net.link_at(np.array([item.subject]))
        return "industry" if position < 0 else self.net.kind(int(position))

    def fields(self, found: Found, names: Mapping[int, Named]) -> dict[str, Any]:
        """What a condition can ask of a finding before it is written out."""
        named = names[found.subject]
        return {
            **found.values,
            **found.scope,
            "id": named.id,
            "type": named.type,
            "name": " ".join(n for n in (named.name, named.name_en) if n),
            "severity": found.severity,
            "action": found.action.value,
            "chain": self.chain(found),
            "measure": self.method.measure,
        }

    def findings(
        self,
        shown: Sequence[Found],
        names: dict[int, Named],
        places: Sequence["Place"],
        *,
        explain: bool = False,
    ) -> Iterator[Finding]:
        """Finished findings in the order given, each derived where that is asked for."""
        mentioned = {n.k for f in shown for n in _nodes((f.values, f.says, f.impact, f.candidates))}
        names = names | self.names(mentioned - names.keys())
        day, lines = self.net.as_of, [f.evidence for f in shown]
        backed = evidence(self.net.source, lines, self.ask, day=day)
        for found, place, rests in zip(shown, places, backed, strict=True):
            done = self._finding(place, found, names, rests)
            if explain:
                done = replace(done, derivation=self._derived(found, done, names))
            yield done

    def _derived(
        self, found: Found, done: Finding, names: Mapping[int, Named]
    ) -> tuple[Derived, ...]:
        """The steps of a finding, each with the lines that its numbers stand in."""
        own = [("severity", s) for s in (found.steps() if found.steps is not None else ())]
        told = [*own, *around(self.net, self.ask, self.method, found, done)]
        every = [s for _, step in told for s in _with_parts(step)]
        names = {**names, **self.names({n.k for s in every for n in _nodes(s.says)} - names.keys())}
        backed = iter(evidence(self.net.source, [s.rows for s in every], self.ask, said=True))
        named, other = names[found.subject], None if found.object is None else names[found.object]

        def derived(about: str, step: Step) -> Derived:
            key, lines = self._key(step.text), next(backed)
            return Derived(
                text={str(c): _text(key, c, named, other, step.says, names) for c in LANGS},
                evidence=tuple(lines.lines),
                about=about,
                calculations=step.calculations,
                parts=tuple(derived(about, part) for part in step.parts),
                lines=lines.rows,
            )

        return tuple(derived(about, step) for about, step in told)

    def _finding(
        self,
        place: "Place",
        found: Found,
        names: Mapping[int, Named],
        backed: Backed,
    ) -> Finding:
        named = names[found.subject]
        key = self._key(found.text or self.method.measure)
        other = None if found.object is None else names[found.object]
        return Finding(
            id=finding_id(self.method, found, names, self.ask),
            chain=self.chain(found),
            family=self.method.family,
            measure=self.method.measure,
            method=self.method.name,
            rank=place.rank,
            severity=rounded(found.severity, names),
            subject=named.subject(),
            object=None if other is None else other.subject(),
            values=rounded({**found.scope, **found.values}, names),
            impact=rounded(found.impact, names),
            action=found.action.value,
            confidence=confidence(found, place.stable, backed, self.ask["confidence.reason"]),
            evidence=tuple(backed.lines),
            text={
                lang: _text(key, lang, named, other, found.says, names) + self._within(lang)
                for lang in LANGS
            },
            candidates=tuple(rounded(c, names) for c in found.candidates),
            tied=place.tied,
            rank_range=place.near,
            apart=found.apart,
        )

    def _within(self, lang: Lang) -> str:
        """The region that a finding is about, where it is about one."""
        if not self.method.regional or self.ask.region is None:
            return ""
        return say("gaps.within", lang, region=self.ask.region_label[lang])

    def _key(self, text: Template) -> Template:
        """A text without a subject is one of the method's family."""
        if isinstance(text, str) and "." not in text:
            return f"{self.method.family}.{text}"
        return text

    def not_assessed(
        self, unknown: Sequence[Unknown], names: dict[int, Named]
    ) -> Iterator[NotAssessed]:
        """What could not be judged, in the order given."""
        mentioned = {n.k for u in unknown for n in _nodes((u.values, u.says))}
        names = names | self.names(mentioned - names.keys())
        for item in unknown:
            named = None if item.subject is None else names[item.subject]
            key = self._key(item.text or "gaps.insufficient")
            says = {"missing": ", ".join(item.missing), "measure": self.method.measure, **item.says}
            yield NotAssessed(
                measure=self.method.measure,
                subject=None if named is None else named.subject(),
                reason=item.reason,
                missing=item.missing,
                values=rounded({**item.values, **_numbers(item.enough)}, names),
                text={
                    lang: _text(key, lang, named, None, says, names) + _enough(item.enough, lang)
                    for lang in LANGS
                },
            )


def _numbers(enough: Enough | None) -> dict[str, float]:
    return {} if enough is None else {"have": enough.have, "need": enough.need}


def _enough(enough: Enough | None, lang: Lang) -> str:
    """How much there is of what is missing, and how much would do."""
    if enough is None or not enough.what:
        return ""
    what = enough.what if "." in enough.what else f"enough.{enough.what}"
    says = {"what": say(what, lang), "have": enough.have, "need": enough.need}
    if isinstance(enough.need, int):
        return say("enough.count", lang, more=max(enough.need - int(enough.have), 0), **says)
    return say("enough.share", lang, **says)


def _with_parts(step: Step) -> Iterator[Step]:
    yield step
    for part in step.parts:
        yield from _with_parts(part)


def _text(
    key: Template,
    lang: Lang,
    subject: Named | None,
    other: Named | None,
    says: Mapping[str, Any],
    names: Mapping[int, Named],
) -> str:
    filled: dict[str, Any] = {k: _said(v, lang, names) for k, v in says.items()}
    filled.setdefault("subject", subject.shown(lang) if subject else filled.get("measure", ""))
    if other is not None:
        filled.setdefault("object", other.shown(lang))
    return say(key, lang, **filled) if isinstance(key, str) else key[lang].format(**filled)


def _said(value: Any, lang: Lang, names: Mapping[int, Named]) -> Any:
    """How a value is said: names for nodes, lists joined as the language does."""
    if isinstance(value, Node):
        return names[value.k].shown(lang)
    if isinstance(value, Clause):
        return say(value.key, lang, **{k: _said(v, lang, names) for k, v in value.says.items()})
    if isinstance(value, Mapping):
        return value[lang]
    if isinstance(value, list | tuple) and any(isinstance(v, Clause) for v in value):
        return "".join(_said(v, lang, names) for v in value)
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(str(_said(v, lang, names)) for v in value)
    return value


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Clause):
        yield from _nodes(value.says)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _nodes(inner)
