import { useWords } from './language.ts';
import { LinkButton } from './link-button.tsx';

/** Leads to all that ever happened to a person, a center or a station. */
export function HistoryButton({ subjectId }: { subjectId: string }) {
  const { say } = useWords();
  return (
    <LinkButton to="/history/$subjectId" params={{ subjectId }}>
      {say('shell.history')}
    </LinkButton>
  );
}
