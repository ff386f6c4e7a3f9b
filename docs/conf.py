"""Configuration of the documentation: ``python -m sphinx -W -n -b html docs docs/_build/html``.

Nothing is fetched while it builds, nor by its pages: no inventories, no fonts, no scripts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402 - it stands beside this file

import tariffcalc  # noqa: E402
from tariffcalc.models import Model  # noqa: E402

project = "tariffcalc"
author = "The tariffcalc authors"
copyright = "The tariffcalc authors"  # noqa: A001 - Sphinx's own name
version = release = tariffcalc.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "tariffcalc"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests run the notebooks and compare what they print
nb_merge_streams = True
myst_dmath_allow_digits = False  # "$350bn" is money
myst_dmath_allow_space = False

autosummary_generate = True
autodoc_default_options = {"exclude-members": "model_config", "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

nitpicky = True
nitpick_ignore_regex = [
    # Inventories of other projects are not fetched, so their names cannot be links.
    ("py:.*", r"(numpy|np|pandas|pd|pydantic|datetime|dt|collections|pathlib|os|matplotlib)\..*|Axes"),
    # Public objects hand out parts whose rooms are not public.
    ("py:class", r"tariffcalc\.(numeric|studies|tariffs\.conventions)\..*"),
]


def inline_math(translator: nodes.NodeVisitor, node: nodes.math) -> None:
    """Write a formula within a line as MathML, which browsers show without a script."""
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block_math(translator: nodes.NodeVisitor, node: nodes.math_block) -> None:
    """Write a formula on its own line as MathML."""
    translator.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def declared_signature(*event: object) -> tuple[str, None] | None:
    """Return the fields of a declared object with their defaults; units are in its text.

    What has private fields is built by its class methods: it has no signature to show.
    """
    thing = event[3]
    if not isinstance(thing, type):
        return None
    if any(name.startswith("_") for name in getattr(thing, "__dataclass_fields__", {})):
        return "", None
    if not issubclass(thing, Model):
        return None
    fields = [
        field
        if info.is_required()
        else f"{field}={info.default!r}"
        if info.default_factory is None
        else f"{field}=..."
        for field, info in thing.model_fields.items()
    ]
    return f"(*, {', '.join(fields)})", None


def public_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, shown: nodes.Element
) -> nodes.reference | None:
    """Find a public name that a docstring of another room gives as its users know it."""
    name = node["reftarget"]
    if node.get("refdomain") != "py" or name.partition(".")[0] not in tariffcalc.__all__:
        return None
    python = env.get_domain("py")
    whole = f"tariffcalc.{name}"
    return python.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], whole, node, shown
    )


def setup(app: Sphinx) -> None:
    """Write the pages that are made from the library, its seeds, laws and notebooks."""
    pages.write(HERE / "made")
    app.connect("autodoc-process-signature", declared_signature)
    app.connect("missing-reference", public_name)
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
