/** The awslogs driver's limit: CloudWatch's 262,144 bytes per event less 26 of overhead. A longer line becomes several events. */
export const maximumBytesPerEvent = 262_144 - 26;

/** Cuts a stream into lines for `onLine`; an unfinished last one comes with `end`. Empty lines are dropped, as awslogs does. */
export function lineSplitter(
  onLine: (line: string) => void,
  limit: number = maximumBytesPerEvent,
): { write(chunk: Buffer): void; end(): void } {
  let rest: Buffer[] = [];
  let length = 0;

  function emit(): void {
    if (length === 0) return;
    const [only] = rest;
    onLine((rest.length === 1 && only !== undefined ? only : Buffer.concat(rest)).toString('utf8'));
    rest = [];
    length = 0;
  }

  function add(piece: Buffer): void {
    let left = piece;
    while (length + left.length > limit) {
      const whole = Buffer.concat([...rest, left]);
      const cut = boundary(whole, limit);
      rest = [whole.subarray(0, cut)];
      length = cut;
      emit();
      left = whole.subarray(cut);
    }
    if (left.length > 0) {
      rest.push(left);
      length += left.length;
    }
  }

  return {
    write(chunk) {
      let start = 0;
      for (let end; (end = chunk.indexOf(10, start)) >= 0; start = end + 1) {
        add(chunk.subarray(start, end));
        emit();
      }
      add(chunk.subarray(start));
    },
    end: emit,
  };
}

/** The last place at or before `limit` that does not cut a UTF-8 character in two. */
function boundary(text: Buffer, limit: number): number {
  for (let cut = limit; cut > limit - 4; cut -= 1) {
    if (((text[cut] ?? 0) & 0xc0) !== 0x80) return cut;
  }
  return limit;
}
