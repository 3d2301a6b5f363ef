import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { commonHeaders } from '../shell/api.ts';
import { tell, tellRefusal } from '../shell/feedback.tsx';
import { useWords } from '../shell/language.ts';
import { problemIn, Refused, Unreachable } from '../shell/problem.ts';
import { seenPosition } from '../shell/seen.ts';

type ListFile = '/api/volunteers.xlsx' | '/api/social-workers.xlsx' | '/api/service-stations.xlsx';

/** Gives the list that is on the screen, with its filters, as a file of Excel. A second press gives it up. */
export function TakeSheet({ path, filter }: { path: ListFile; filter: Readonly<Record<string, string | boolean>> }) {
  const { say } = useWords();
  const [making, setMaking] = useState<AbortController>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const take = async (cancel: AbortController) => {
    const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));
    const after = seenPosition();
    try {
      const answer = await fetch(`${path}?${query}`, {
        headers: { ...commonHeaders(), ...(after === undefined ? {} : { 'x-after': after }) },
        signal: cancel.signal,
      }).catch((error: unknown) => {
        throw cancel.signal.aborted ? error : new Unreachable(say('shell.noConnection'));
      });
      if (!answer.ok) {
        const body: unknown = await answer.json().catch(() => undefined);
        throw new Refused(problemIn(body, answer.status, say('shell.noConnection')));
      }
      const name = /filename\*=UTF-8''(\S+)/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
      const { handOver } = await import('./sheet-files.ts');
      handOver(await answer.blob(), decodeURIComponent(name ?? 'yizhan.xlsx'));
      tell(say('sheet.taken', { count: answer.headers.get('x-rows') ?? '' }));
    } catch (error) {
      if (!cancel.signal.aborted) tellRefusal(say('sheet.take'), error);
    }
  };

  const press = () => {
    if (making) {
      making.abort();
      setMaking(undefined);
      return;
    }
    const cancel = new AbortController();
    running.current = cancel;
    setMaking(cancel);
    void take(cancel).finally(() => setMaking(current => (current === cancel ? undefined : current)));
  };
  return (
    <Button icon={<DownloadOutlined aria-hidden />} onClick={press} aria-busy={making !== undefined}>
      {say(making ? 'sheet.making' : 'sheet.take')}
    </Button>
  );
}
