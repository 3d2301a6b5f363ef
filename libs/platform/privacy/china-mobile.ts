import { registerDecorator, type ValidationOptions } from 'class-validator';

/** The mobile numbers that stand anywhere in a text: with or without the country's code, in one piece or grouped as people do, 3-4-4. */
export const chinaMobilesIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<!\d)(?:(?:00)?86[\s-]?)?(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})(?!\d)/g)].map(([, number]) =>
    number!.replaceAll(/\D/g, ''),
  );

/** The field holds a mobile number of mainland China: 11 digits that begin with 13 to 19. */
export const IsChinaMobile =
  (options?: ValidationOptions): PropertyDecorator =>
  (target, propertyName) =>
    registerDecorator({
      name: 'isChinaMobile',
      target: target.constructor,
      propertyName: String(propertyName),
      ...(options ? { options } : {}),
      validator: {
        validate: value => typeof value === 'string' && /^1[3-9]\d{9}$/.test(value),
        defaultMessage: () => '$property must be a mobile number of 11 digits',
      },
    });
