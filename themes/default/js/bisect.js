// Finding a place in what is in order.

/**
 * The last of the leading items for which `holds`.
 * @template T
 * @param {T[]} items
 * @param {(item: T) => boolean} holds
 */
export function last(items, holds) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle])) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}
