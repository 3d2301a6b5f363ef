import { Input } from 'antd';
import { useClear } from './clear.tsx';
import { useWords } from './language.ts';

/** Finds people in a list by name, pinyin initials, or the end of the phone number. */
export function PersonSearch({ q, seek }: { q: string; seek: (q: string) => void }) {
  const { say } = useWords();
  const clear = useClear();
  return (
    <Input
      allowClear={clear}
      value={q}
      onChange={event => seek(event.target.value)}
      placeholder={say('person.searchHint')}
      aria-label={say('person.searchHint')}
    />
  );
}
