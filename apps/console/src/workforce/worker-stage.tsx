import { useWords } from '../shell/language.ts';
import { State, type Colour } from '../shell/state.tsx';

const colours: Readonly<Record<string, Colour>> = { ACTIVE: 'green', SUSPENDED: 'red' };

export function WorkerStage({ stage }: { stage: string }) {
  const { called } = useWords();
  return <State colour={colours[stage] ?? 'grey'}>{called(stage, 'workerStage')}</State>;
}
