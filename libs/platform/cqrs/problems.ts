import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Refusal } from '@lib/platform/kernel/decision.js';
import { sentence, type Words } from '@lib/platform/kernel/event.js';
import { AppendTooLate, AppendUnknown } from '@lib/platform/event-store/event-store.js';
import { BadCursor } from '@lib/platform/read-store/reading.js';
import { InvalidCommand, No, RevisionStale, TooManyRequests } from './no.js';
import { isOutage } from './outage.js';
import type { Language } from './views.js';

/** RFC 9457. `detail` is a sentence for the person, in the language asked for. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly instance?: string;
  readonly [more: string]: unknown;
}

export const languageOf = (acceptLanguage: string | undefined): Language =>
  acceptLanguage !== undefined && /^\s*en/i.test(acceptLanguage) ? 'en' : 'zh';

const titles: Readonly<Record<number, Words>> = {
  400: { zh: '请求不正确', en: 'Bad request' },
  401: { zh: '未登录', en: 'Not signed in' },
  403: { zh: '没有权限', en: 'Not permitted' },
  404: { zh: '没有找到', en: 'Not found' },
  409: { zh: '不能这样做', en: 'Refused' },
  412: { zh: '已被修改', en: 'Changed meanwhile' },
  422: { zh: '请求重复但内容不同', en: 'Same key, other body' },
  429: { zh: '请求太多', en: 'Too many requests' },
  503: { zh: '暂时不可用', en: 'Not available now' },
};

const unexpected: Words = { zh: '系统出错,已记录', en: 'Something went wrong; it has been recorded' };

const badCursor: Words = { zh: '不是本列表的游标', en: 'is not a cursor of this list' };

function problem(status: number, code: string, detail: string, language: Language, more: object = {}): Problem {
  const title = titles[status] ?? { zh: '出错', en: 'Error' };
  return { type: `urn:yizhan:problem:${code}`, title: title[language], status, code, detail, ...more };
}

const unavailable: Words = {
  zh: '数据库暂时没有响应,请稍后重试;没有写入任何内容',
  en: 'The database does not answer right now; try again in a moment. Nothing was written',
};

const notInTime: Words = {
  zh: '系统繁忙,未能及时处理,请重试;没有写入任何内容',
  en: 'Too busy to carry it out in time; please send it again. Nothing was written',
};

/** What an error means to the person who sent the request; undefined for a bug. */
export function problemOf(error: unknown, language: Language): Problem | undefined {
  if (error instanceof Refusal) return problem(409, error.code, error.words[language], language, { details: error.details });
  if (error instanceof RevisionStale) {
    const changes = error.since.map(({ type, revision, recordedAt, metadata, data }) => ({
      revision,
      at: recordedAt,
      actor: metadata.actor,
      actorRole: metadata.actorRole,
      fact: type,
      words: sentence(type, data, language),
    }));
    const last = changes.at(-1);
    const detail = last ? `${error.words[language]}${language === 'zh' ? ':' : ': '}${last.words}` : error.words[language];
    return problem(412, error.code, detail, language, { expected: error.expected, actual: error.actual, changes });
  }
  if (error instanceof InvalidCommand) {
    const errors = error.faults.map(({ pointer, code, words }) => ({ pointer, code, detail: words[language] }));
    return problem(400, error.code, error.words[language], language, errors.length > 0 ? { errors } : {});
  }
  if (error instanceof BadCursor) {
    const detail = badCursor[language];
    return problem(400, 'bad-cursor', detail, language, { errors: [{ pointer: 'cursor', code: 'isCursor', detail }] });
  }
  if (error instanceof No) return problem(error.status, error.code, error.words[language], language);
  if (error instanceof AppendUnknown) {
    const words = {
      zh: '不知道是否已写入,请用同一个 Idempotency-Key 重试',
      en: 'It is not known whether it was written; send it again with the same Idempotency-Key',
    };
    return problem(503, 'outcome-unknown', words[language], language);
  }
  if (error instanceof AppendTooLate) return problem(503, 'not-in-time', notInTime[language], language);
  if (isOutage(error)) return problem(503, 'store-unavailable', unavailable[language], language);
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const words = titles[status] ?? titles[400]!;
    return problem(status, status === 404 ? 'not-found' : 'bad-request', words[language], language);
  }
  return undefined;
}

/** The one place where errors become answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const language = languageOf(request.headers['accept-language']);
    let answer = problemOf(error, language);
    if (!answer) {
      this.log.error({ err: error, requestId: request.id }, 'unexpected error');
      answer = problem(500, 'unexpected', unexpected[language], language);
    }
    if (answer.status === 503) reply.header('retry-after', '1');
    if (error instanceof TooManyRequests) reply.header('retry-after', String(error.retryAfter));
    reply
      .status(answer.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify({ ...answer, instance: request.id }));
  }
}
