// The binary files of the search index. What is wrong in them is told, and never read past their end.

const LONGEST = 510; // bytes of a term
const MOST = 2 ** 30; // places that a posting can name

/** What came is no index. */
export class Damaged extends Error {
  name = "Damaged";
}

/** @param {string} text */
export function utf8(text) {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes; // compares as bytes do
}

/** @param {string} bytes */
export function hex(bytes) {
  return [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

/** Numbers, one after the other. */
class Bytes {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  get left() {
    return this.data.length - this.at;
  }

  varint() {
    let value = 0;
    for (let scale = 1; scale < 2 ** 42; scale *= 128) {
      if (!this.left) throw new Damaged("cut off");
      const byte = this.data[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Damaged("a number too large");
  }

  /** @returns {Uint32Array} `place << 2 | bits`, ascending */
  postings() {
    const count = this.varint();
    if (count > this.left) throw new Damaged("cut off");
    const found = new Uint32Array(count);
    let place = 0;
    for (let at = 0; at < count; at += 1) {
      const value = this.varint();
      place += Math.floor(value / 4);
      if (place >= MOST) throw new Damaged("a place that cannot be");
      found[at] = place * 4 + (value % 4);
    }
    return found;
  }
}

/**
 * Terms of a shard with where they occur.
 * @param {Uint8Array} data
 */
export function readShard(data) {
  const bytes = new Bytes(data);
  const key = new Uint8Array(LONGEST);
  const decoder = new TextDecoder();
  const terms = /** @type {Map<string, Uint32Array>} */ (new Map());
  let known = 0;
  if (!bytes.left) throw new Damaged("empty");
  while (bytes.left) {
    if (bytes.left < 3) throw new Damaged("cut off");
    const [shared, more] = [data[bytes.at], data[bytes.at + 1]];
    bytes.at += 2;
    if (shared > known || more > bytes.left) throw new Damaged("a term that cannot be");
    key.set(data.subarray(bytes.at, bytes.at + more), shared);
    bytes.at += more;
    known = shared + more;
    terms.set(decoder.decode(key.subarray(0, known)), bytes.postings());
  }
  return terms;
}

/** @param {Uint8Array} data */
export function readPostings(data) {
  return new Bytes(data).postings();
}

/**
 * Of each page its day, and whether it is about a recording.
 * @param {Uint8Array} data
 */
export function readDates(data) {
  const bytes = new Bytes(data);
  const found = [];
  while (bytes.left) {
    const value = bytes.varint();
    found.push({ day: Math.floor(value / 2), about: value % 2 > 0 });
  }
  return found;
}

/**
 * Days since 1970 and whole seconds of each recording; day 0 stands for none.
 * @param {Uint8Array} data
 */
export function readColumns(data) {
  const bytes = new Bytes(data);
  const days = [];
  const seconds = [];
  for (let day = 0; bytes.left; ) {
    day += bytes.varint();
    days.push(day);
    seconds.push(bytes.varint());
  }
  return { days, seconds };
}
