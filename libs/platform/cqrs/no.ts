import type { Words } from '@lib/platform/kernel/event.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';

/** The ways in which a request is answered with no, besides a decision's own `Refusal`. */
export abstract class No extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly words: Words,
  ) {
    super(`${code}: ${words.en}`);
  }
}

export interface Fault {
  /** JSON pointer to the field, or the name of a query parameter or header. */
  readonly pointer: string;
  readonly code: string;
  readonly words: Words;
}

export class InvalidCommand extends No {
  constructor(
    code: string,
    words: Words,
    readonly faults: readonly Fault[] = [],
  ) {
    super(400, code, words);
  }
}

export class NotSignedIn extends No {
  constructor() {
    super(401, 'not-signed-in', { zh: '请先登录', en: 'Sign in first' });
  }
}

/** The role is lacking. */
export class NotPermitted extends No {
  constructor() {
    super(403, 'not-permitted', { zh: '您的角色不能做这件事', en: 'Your role may not do this' });
  }
}

/** It does not exist, or it is out of reach: the answer is the same. */
export class NotFound extends No {
  constructor() {
    super(404, 'not-found', { zh: '没有找到', en: 'Not found' });
  }
}

/** It moved on again and again while the command was decided. */
export class Conflict extends No {
  constructor(readonly streams: readonly string[]) {
    super(409, 'conflict', { zh: '同时有太多修改,请重试', en: 'Too many changes at once; please send it again' });
  }
}

/** The sender had seen an older revision. */
export class RevisionStale extends No {
  constructor(
    readonly expected: number,
    readonly actual: number,
    readonly since: readonly RecordedEvent[],
  ) {
    super(412, 'revision-stale', { zh: '您看到之后,它已被修改', en: 'It was changed after you looked at it' });
  }
}

export class KeyReused extends No {
  constructor() {
    super(422, 'idempotency-key-reused', {
      zh: '同一个 Idempotency-Key 已用于内容不同的请求',
      en: 'This Idempotency-Key was used for a request with another body',
    });
  }
}

/** Somebody who has not signed in asks too often. */
export class TooManyRequests extends No {
  constructor(
    /** In whole seconds. */
    readonly retryAfter: number,
  ) {
    super(429, 'too-many-requests', {
      zh: `请求过于频繁,请 ${retryAfter} 秒后再试,或先登录`,
      en: `Too many requests; try again in ${retryAfter} s, or sign in`,
    });
  }
}

/** The read models have not come so far yet. */
export class NotYet extends No {
  constructor() {
    super(503, 'not-yet', { zh: '数据正在更新,请稍后再试', en: 'The views are catching up; try again in a moment' });
  }
}

/** More is asked for at once than one may take away. */
export class TooManyRows extends No {
  constructor(most: number) {
    super(409, 'too-many-rows', {
      zh: `超过 ${most} 行:您的角色一次最多导出 ${most} 行,请用筛选条件缩小范围`,
      en: `More than ${most} rows: your role may take ${most} at once; narrow the list down with its filters`,
    });
  }
}

/** So many files are being made that another one would slow everybody down. */
export class SheetsBusy extends No {
  constructor() {
    super(503, 'sheets-busy', { zh: '正在生成其他文件,请稍后再试', en: 'Other files are being made; try again in a moment' });
  }
}
