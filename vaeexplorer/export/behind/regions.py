"""Maps of a plane, by a classifier and by the distance to training images, as `browser/draw/regions.js` reads them."""

import base64
import json

import numpy as np

from vaeexplorer.results.regions import Regions

_SPREAD = (0.01, 0.99)  # of distances, between the ends of the colours


def packed_regions(found: Regions) -> bytes:
    """Both maps over the plane, as `browser/draw/regions.js` reads them."""
    low, high = (float(end) for end in np.quantile(found.distance, _SPREAD))
    shares = np.clip((found.distance - low) / max(high - low, 1e-9), 0, 1)
    rows, columns = found.label.shape
    document = {
        **{"rows": rows, "columns": columns, "x": found.x, "y": found.y},
        **{"label": _text(found.label), "confidence": _text(255 * found.confidence), "distance": _text(255 * shares)},
        **{"low": low, "high": high, "far": found.far},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.round(values).astype(np.uint8).tobytes()).decode()
