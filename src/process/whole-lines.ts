const LINE_FEED = 10;

/**
 * The bytes of a stream in pieces that end where a line ends; what follows the last line feed is a piece too. A line
 * may be longer than what the stream gives at a time.
 */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      begun.push(chunk);
      continue;
    }
    const whole = chunk.subarray(0, end);
    yield begun.length === 0 ? whole : Buffer.concat([...begun, whole]);
    begun = end === chunk.length ? [] : [chunk.subarray(end)];
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}
