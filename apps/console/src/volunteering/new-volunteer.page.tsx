import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { BodyOf } from '../shell/command.ts';
import { tell } from '../shell/feedback.tsx';
import { useHomeSuggestions } from '../service-network/home-suggestions.ts';
import { useWords } from '../shell/language.ts';
import { PageHead } from '../shell/page.tsx';
import { PersonForm } from '../shell/person-form.tsx';
import { registerVolunteer } from './commands.ts';
import { VolunteerFields } from './volunteer-fields.tsx';

export type Applicant = Omit<BodyOf<'/api/volunteers'>, 'volunteerId'>;

/** Registers somebody who wants to help; the next page is where the application is accepted. */
export function NewVolunteerPage() {
  const { say } = useWords();
  const navigate = useNavigate();
  const [volunteerId] = useState(() => crypto.randomUUID());
  const suggestions = useHomeSuggestions();
  return (
    <>
      <PageHead above={<Link to="/volunteers">{say('shell.volunteers')}</Link>} title={say('volunteering.register')} />
      <section className="section form-page">
        <PersonForm<Applicant>
          draft="new volunteer"
          confirm={say('volunteering.register')}
          toCommand={values => registerVolunteer({ volunteerId, ...values })}
          done={() => {
            tell(say('shell.done', { what: say('volunteering.register') }));
            void navigate({ to: '/volunteers/$volunteerId', params: { volunteerId } });
          }}
        >
          <VolunteerFields suggestions={suggestions} />
        </PersonForm>
      </section>
    </>
  );
}
