import { registerDecorator, type ValidationOptions } from 'class-validator';
import { isCalendarDate } from '@lib/platform/kernel/calendar.js';

export interface CitizenId {
  /** 18 characters; a check character X is upper case. */
  readonly normalised: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: 'MALE' | 'FEMALE';
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const checkCharacters = '10X98765432';

/** The check character behind the first 17 digits: ISO 7064 MOD 11-2. */
export const checkCharacterOf = (digits: string) =>
  checkCharacters[weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11];

/** @param digits the first 17 of an ID number */
export const withCheckCharacter = (digits: string) => digits + checkCharacterOf(digits);

/**
 * An ID number of 18 characters. Codes of areas that were abolished count; whether the birth date lies ahead is the caller's question.
 * @returns undefined when the form, the birth date or the check character is wrong
 * @source GB 11643-1999
 */
export function parseCitizenId(value: unknown): CitizenId | undefined {
  if (typeof value !== 'string' || !/^[1-9]\d{16}[\dXx]$/.test(value)) return undefined;
  const normalised = value.toUpperCase();
  const birthDate = `${normalised.slice(6, 10)}-${normalised.slice(10, 12)}-${normalised.slice(12, 14)}`;
  if (!isCalendarDate(birthDate) || checkCharacterOf(normalised) !== normalised[17]) return undefined;
  return { normalised, birthDate, sex: Number(normalised[16]) % 2 === 1 ? 'MALE' : 'FEMALE' };
}

/** The ID numbers that stand anywhere in a text. */
export const citizenIdsIn = (text: string): readonly CitizenId[] =>
  [...text.matchAll(/(?<!\d)[1-9]\d{16}[\dXx](?![\d])/g)]
    .map(([found]) => parseCitizenId(found))
    .filter(found => found !== undefined);

/** The field holds an ID number according to GB 11643. */
export const IsCitizenId =
  (options?: ValidationOptions): PropertyDecorator =>
  (target, propertyName) =>
    registerDecorator({
      name: 'isCitizenId',
      target: target.constructor,
      propertyName: String(propertyName),
      ...(options ? { options } : {}),
      validator: {
        validate: value => parseCitizenId(value) !== undefined,
        defaultMessage: () => '$property must be an ID number (GB 11643)',
      },
    });
