import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useClear } from '../shell/clear.tsx';
import { useWords } from '../shell/language.ts';
import { knownActors } from './queries.ts';

/** One of those who did anything within one's places. */
export function ActorPicker({ actor, choose }: { actor: string | undefined; choose: (actor: string | undefined) => void }) {
  const { say } = useWords();
  const clear = useClear();
  const { data: actors } = useQuery(knownActors);
  return (
    <Select
      allowClear={clear}
      showSearch={{ optionFilterProp: 'label' }}
      value={actor ?? null}
      onChange={chosen => choose(chosen ?? undefined)}
      placeholder={say('scrutiny.actor')}
      aria-label={say('scrutiny.actor')}
      popupMatchSelectWidth={false}
      options={(actors?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}
