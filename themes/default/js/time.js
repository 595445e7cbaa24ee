// Moments in addresses: 12.5, 1:05 and 1:02:03, counted on the played recording.

/**
 * Seconds of a written time, or null when it is not one.
 * @param {string} text
 */
export function seconds(text) {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)$/.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, rest] = match.slice(1).map((part) => Number(part ?? 0));
  if (match[2] !== undefined && rest >= 60) return null;
  if (match[1] !== undefined && minutes >= 60) return null;
  return hours * 3600 + minutes * 60 + rest;
}

/**
 * The moment an address asks for by `?t=` or `#t=`, within the recording, or null. The fragment wins: it is the later
 * wish.
 * @param {{hash: string, search: string}} address
 * @param {number} duration in seconds
 */
export function wanted(address, duration) {
  for (const part of [address.hash.slice(1), address.search.slice(1)]) {
    const time = seconds(new URLSearchParams(part).get("t") ?? "");
    if (time !== null) return Math.min(time, duration);
  }
  return null;
}
