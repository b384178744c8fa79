"""painloom: one person's pain, read from genome, brain, mind and body, and woven into one explained plan.

The front door: these names are what other programs should use; each is imported when it is first asked for.
"""

from importlib import import_module

from painloom.version import KNOWLEDGE_RELEASE, __version__

_HOME = {
    "Assessment": "painloom.model.assessment",
    "Case": "painloom.model.case",
    "InputError": "painloom.errors",
    "Knowledge": "painloom.knowledge.load",
    "assess": "painloom.assess",
    "load": "painloom.knowledge.load",
    "open_session": "painloom.genome.session",
    "read_case": "painloom.intake.folder",
    "read_genotypes": "painloom.intake.vcf",
    "render_html": "painloom.report.html",
}
__all__ = ["KNOWLEDGE_RELEASE", "__version__", *sorted(_HOME)]


def __getattr__(name: str) -> object:
    """Import a public name on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'painloom' has no attribute '{name}'")
