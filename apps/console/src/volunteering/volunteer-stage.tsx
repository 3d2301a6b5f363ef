import { useWords } from '../shell/language.ts';
import { State, type Colour } from '../shell/state.tsx';

const colours: Readonly<Record<string, Colour>> = { APPLIED: 'amber', ACCEPTED: 'green', SUSPENDED: 'red' };

export function VolunteerStage({ stage }: { stage: string }) {
  const { called } = useWords();
  return <State colour={colours[stage] ?? 'grey'}>{called(stage, 'volunteerStage')}</State>;
}
