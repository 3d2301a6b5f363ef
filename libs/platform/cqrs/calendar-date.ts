import { registerDecorator } from 'class-validator';
import { isCalendarDate } from '@lib/platform/kernel/calendar.js';

/** `YYYY-MM-DD`, a day that exists. */
export const IsCalendarDate = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isCalendarDate',
    target: target.constructor,
    propertyName: String(property),
    validator: { validate: (value: unknown) => typeof value === 'string' && isCalendarDate(value) },
  });
