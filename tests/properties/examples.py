"""How many examples a property gets: few and always the same, or as many as are asked for.

``CACHEDEPS_EXAMPLES=2000 pytest tests/properties`` is a long search with new examples.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings


def few(examples: int) -> settings:
    """The settings of one property; ``examples`` is for the everyday suite."""
    asked = os.environ.get("CACHEDEPS_EXAMPLES")
    return settings(
        max_examples=int(asked) if asked else examples,
        derandomize=asked is None,
        deadline=None,
        database=None,
        print_blob=True,
        # worlds are large: making them smaller takes far longer than reading the failing one
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
