"""Reads a PSD with psd-tools and prints its tree as JSON: an independent reader for the tests.

Usage: readPsd.py FILE [composite]; with `composite`, the layers drawn by psd-tools go along as base64 RGBA.
"""
import base64
import hashlib
import json
import sys

from psd_tools import PSDImage
from psd_tools.constants import Tag


def tell(layer):
    info = {
        "name": layer.name,
        "kind": layer.kind,
        "visible": layer.visible,
        "opacity": layer.opacity,
        "blend": layer.blend_mode.value.decode("ascii"),
        "clipping": layer.clipping_layer if hasattr(layer, "clipping_layer") else bool(layer.clipping),
        "id": layer.layer_id,
        "offset": list(layer.offset),
        "size": list(layer.size),
        "mask": None,
    }
    for item in layer.tagged_blocks.get_data(Tag.METADATA_SETTING) or []:
        if item.key == b"extn":
            info["story"] = item.data[b"generatorSettings"][b"retake"][b"json"].value.rstrip("\x00")
    if layer.has_mask():
        mask = layer.mask
        info["mask"] = {"bbox": list(mask.bbox), "outside": mask.background_color}
        info["maskHash"] = hashlib.sha256(mask.topil().tobytes()).hexdigest() if mask.topil() else None
    if layer.is_group():
        info["children"] = [tell(child) for child in layer]
    elif layer.has_pixels():
        pixels = layer.topil(apply_icc=False)
        info["mode"] = pixels.mode
        info["pixels"] = hashlib.sha256(pixels.tobytes()).hexdigest()
    return info


psd = PSDImage.open(sys.argv[1])
out = {
    "size": list(psd.size),
    "depth": psd.depth,
    "version": psd.version,
    "layers": [tell(layer) for layer in psd],
    "resources": sorted(int(key) for key in psd.image_resources.keys()),
    "blocks": [key.value.decode("ascii") if hasattr(key, "value") else key.decode("ascii") for key in psd.tagged_blocks.keys()] if psd.tagged_blocks else [],
}
if "composite" in sys.argv[2:]:
    picture = psd.composite(force=True, apply_icc=False).convert("RGBA")
    out["composite"] = base64.b64encode(picture.tobytes()).decode("ascii")
print(json.dumps(out))
