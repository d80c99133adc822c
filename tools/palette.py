"""Makes a picture small: a PNG of 256 colours, counted by the browser that drew it."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Final

from playwright.async_api import Page

COLOURS: Final = 256
_COUNT: Final = """async ([picture, most]) => {
    const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const ink = new OffscreenCanvas(image.width, image.height).getContext("2d");
    ink.drawImage(image, 0, 0);
    const pixels = new Uint32Array(ink.getImageData(0, 0, image.width, image.height).data.buffer);
    const count = new Map();
    for (const one of pixels) count.set(one, (count.get(one) ?? 0) + 1);
    const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
    const near = new Map();
    for (const [one, times] of [...count].sort((a, b) => b[1] - a[1])) {
        const cell = parts(one).map((part) => part >> 3).join();
        const found = near.get(cell);
        if (found) found.times += times;
        else near.set(cell, { colour: parts(one), times });
    }
    const palette = [...near.values()].sort((a, b) => b.times - a.times).slice(0, most).map((one) => one.colour);
    const far = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
    const place = new Map([...count.keys()].map((one) => {
        let best = 0;
        const wanted = parts(one);
        palette.forEach((colour, at) => { if (far(colour, wanted) < far(palette[best], wanted)) best = at; });
        return [one, best];
    }));
    const places = Uint8Array.from(pixels, (one) => place.get(one));
    let text = "";
    for (let at = 0; at < places.length; at += 32768) text += String.fromCharCode(...places.subarray(at, at + 32768));
    return { width: image.width, height: image.height, palette: palette.flat(), places: btoa(text) };
}"""


async def smaller(page: Page, picture: bytes) -> bytes:
    """The same picture with the colours it uses most, as a PNG."""
    found = await page.evaluate(_COUNT, [base64.b64encode(picture).decode(), COLOURS])
    places, width = base64.b64decode(found["places"]), found["width"]
    lines = b"".join(b"\0" + places[at : at + width] for at in range(0, len(places), width))
    head = struct.pack(">IIBBBBB", width, found["height"], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", bytes(found["palette"])), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
