const SLOTS = 16_384;

/** The slot of a hash tag (a room's name) on a cluster: CRC16 in XMODEM's form, modulo 16384 (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/). */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1;
  }
  return (crc & 0xff_ff) % SLOTS;
}
