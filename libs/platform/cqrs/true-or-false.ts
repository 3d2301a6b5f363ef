import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

const isRead = Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));
const isBoolean = IsBoolean();

/** `true` or `false`, as an address spells it. */
export const IsTrueOrFalse = (): PropertyDecorator => (target, property) => {
  isRead(target, property);
  isBoolean(target, property);
};
