"""Every source that an assessment names, once."""

from collections.abc import Iterable, Iterator

from painloom.genome.session import Session
from painloom.knowledge.load import Knowledge
from painloom.model.source import Citation


def citations(knowledge: Knowledge, session: Session, named: Iterable[str], *, calls_used: bool) -> Iterator[Citation]:
    """The citations of the genome stream and of `named` sources, by id; an id that no card of sources knows is left out."""
    used: dict[str, None] = {}
    if calls_used:
        used.update(dict.fromkeys(s for c in session.columns.values() for s in c.panel.card.sources))
        used.update(dict.fromkeys(s for c in knowledge.guidance.values() for s in c.sources))
        used.update(dict.fromkeys(s for d in knowledge.drugs.values() if d.no_gene for s in d.no_gene_sources))
    used.update(dict.fromkeys(s for d in session.drugs for a in d.acts_on for s in a.sources))
    used.update(dict.fromkeys(named))
    return (knowledge.sources[s] for s in sorted(used) if s in knowledge.sources)
