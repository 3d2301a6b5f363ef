import { IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IsCalendarDate } from './calendar-date.js';

/** Which page of a list. */
export class PageAsk {
  /** Rows of a page. @example 50 */
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(200) readonly limit?: number;
  /** `next` of the page before. @example "WyJuYW1lIl0" */
  @IsOptional() @IsString() @MaxLength(2000) readonly cursor?: string;
}

/** A position of the log, or an instant (ISO 8601). */
export const asOfPattern = /^(\d{1,20}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))$/;

/** At which moment, on two clocks. */
export class AtMomentAsk {
  /** As it was known then: a position of the log, or an instant (ISO 8601). @example "2026-03-02T00:00:00Z" */
  @IsOptional() @Matches(asOfPattern) readonly asOf?: string;
  /** As it was on that day. @example "2026-03-01" */
  @IsOptional() @IsCalendarDate() readonly effectiveOn?: string;
}

/** Which page of a list, at which moment. */
export class PageAtMomentAsk extends IntersectionType(PageAsk, AtMomentAsk) {}

export const pageSize = ({ limit }: PageAsk): number => limit ?? 50;
