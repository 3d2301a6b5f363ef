/**
 * Parameters for arrays in PostgreSQL's binary form, which `pg` sends as it stands when it is a Buffer: nothing is quoted here and
 * nothing parsed there. The buffer is used again after `restart`, once the query that carries it has been answered.
 */
const headerBytes = 20;
const oid = { int4: 23, text: 25, uuid: 2950 } as const;

export class BinaryArray {
  private buffer = Buffer.allocUnsafe(4096);
  private end = headerBytes;
  private count = 0;

  constructor(private readonly type: keyof typeof oid) {}

  restart(): void {
    this.end = headerBytes;
    this.count = 0;
  }

  private room(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.end + bytes, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }

  addText(value: string): void {
    this.room(4 + value.length * 3);
    const bytes = this.buffer.write(value, this.end + 4, 'utf8');
    this.addInt32(bytes);
    this.end += bytes;
    this.count += 1;
  }

  addInteger(value: number): void {
    this.room(8);
    this.addInt32(4);
    this.addInt32(value);
    this.count += 1;
  }

  /** @param value 36 characters, as `isUuid` accepts them */
  addUuid(value: string): void {
    this.room(20);
    this.addInt32(16);
    for (let at = 0; at < 36; at += 2) {
      if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
      this.buffer[this.end++] = (nibble(value.charCodeAt(at)) << 4) | nibble(value.charCodeAt(at + 1));
    }
    this.count += 1;
  }

  private addInt32(value: number): void {
    const { buffer, end } = this;
    buffer[end] = value >>> 24;
    buffer[end + 1] = value >>> 16;
    buffer[end + 2] = value >>> 8;
    buffer[end + 3] = value;
    this.end = end + 4;
  }

  /** @returns the array of what was added since `restart` */
  parameter(): Buffer {
    const { buffer, end } = this;
    buffer.writeInt32BE(1, 0); // dimensions
    buffer.writeInt32BE(0, 4); // no nulls
    buffer.writeInt32BE(oid[this.type], 8);
    buffer.writeInt32BE(this.count, 12);
    buffer.writeInt32BE(1, 16); // the first index
    return buffer.subarray(0, end);
  }
}

const nibble = (code: number) => (code < 58 ? code - 48 : code - 87);
