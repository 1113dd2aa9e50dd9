"""Reads and writes PNG pictures of 8 bits per channel, not interlaced, with the standard library alone."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type: grey, RGB, grey with alpha, RGB with alpha


def chunks(data):
    """Yields each chunk's kind and body; raises ValueError where the file is damaged."""
    if not data.startswith(SIGNATURE):
        raise ValueError("this is no PNG")
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        if zlib.crc32(kind + body) != checksum:
            raise ValueError("the PNG is damaged")
        yield kind, body
        position += length + 12


def read(path):
    """Returns width, height, colour type, rows (a bytearray each) and the ancillary chunks before the pixels."""
    with open(path, "rb") as file:
        parts = list(chunks(file.read()))
    header = struct.unpack(">IIBBBBB", parts[0][1])
    width, height, depth, colour, _, _, interlaced = header
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError("this example reads only PNG of 8 bits, grey or RGB, not interlaced")
    kinds = [kind for kind, _ in parts]
    kept = [part for part in parts[1 : kinds.index(b"IDAT")] if part[0][0:1].islower()]
    pixels = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    return width, height, colour, list(unfiltered(pixels, height, CHANNELS[colour], width)), kept


def unfiltered(pixels, height, channels, width):
    """Undoes the row filters of PNG (ISO/IEC 15948, 9.2)."""
    length = width * channels
    above = bytearray(length)
    for y in range(height):
        start = y * (length + 1)
        kind, row = pixels[start], bytearray(pixels[start + 1 : start + 1 + length])
        for i in range(length) if kind else ():
            left = row[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
            row[i] = (row[i] + guess) & 255
        yield row
        above = row


def paeth(left, above, corner):
    """Whichever of the three is nearest to left + above - corner."""
    estimate = left + above - corner
    distances = abs(estimate - left), abs(estimate - above), abs(estimate - corner)
    return (left, above, corner)[distances.index(min(distances))]


def write(path, width, height, colour, rows, kept):
    """Writes the picture with the ancillary chunks it came with."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 6)
    with open(path, "wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", header))
        for kind, body in kept:
            file.write(chunk(kind, body))
        file.write(chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
