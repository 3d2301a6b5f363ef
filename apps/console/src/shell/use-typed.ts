import { useState } from 'react';
import { useWords } from './language.ts';
import { Refused } from './problem.ts';
import { useSlowly } from './use-slowly.ts';

interface Found {
  readonly data?: unknown;
  readonly error: Error | null;
  readonly isFetching: boolean;
}

/** For a list whose options the server finds by what is typed into it. */
export function useTyped() {
  const { say } = useWords();
  const [typed, setTyped] = useState('');
  const text = useSlowly(typed);
  const seek = (entered: string) => setTyped(entered.trim());
  /** @param none what a list says that stays empty */
  const nothingFound = ({ data, error, isFetching }: Found, none: string | null) => {
    // A list that opened before anything is known would turn upwards when it fills, away from under the pointer.
    if (isFetching || typed !== text) return null;
    if (error) return error instanceof Refused ? error.message : say('shell.noConnection');
    return data === undefined ? null : none;
  };
  return {
    text,
    seek,
    listOf: (found: Found, none: string | null) => ({
      showSearch: { filterOption: false, onSearch: seek },
      loading: found.isFetching,
      notFoundContent: nothingFound(found, none),
    }),
  };
}
