import { useWords } from './language.ts';

/** Phone, ID number and year of birth in a list of facts, as far as the server gives them away. */
export function PersonIdentity({
  card: { phone, idNumber, birthYear },
}: {
  card: { readonly phone: string | null; readonly idNumber: string | null; readonly birthYear: number | null };
}) {
  const { say } = useWords();
  return (
    <>
      <dt>{say('person.phone')}</dt>
      <dd className="number">{phone ?? '—'}</dd>
      <dt>{say('person.idNumber')}</dt>
      <dd className="number">{idNumber ?? '—'}</dd>
      <dt>{say('person.birthYear')}</dt>
      <dd className="number">{birthYear ?? '—'}</dd>
    </>
  );
}
