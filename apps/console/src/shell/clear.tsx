import { CloseCircleFilled } from '@ant-design/icons';
import { useWords } from './language.ts';

/** How a choice or what was typed is taken back, called so in the language of the page. */
export function useClear() {
  const { say } = useWords();
  const label = say('shell.clear');
  return { clearIcon: <CloseCircleFilled aria-label={label} />, label };
}
