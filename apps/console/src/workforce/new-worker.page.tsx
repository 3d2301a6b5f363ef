import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { BodyOf } from '../shell/command.ts';
import { tell } from '../shell/feedback.tsx';
import { ValueField } from '../shell/fields.tsx';
import { useHomeSuggestions } from '../service-network/home-suggestions.ts';
import { useWords } from '../shell/language.ts';
import { PageHead } from '../shell/page.tsx';
import { PersonFields, PersonForm } from '../shell/person-form.tsx';
import { serviceFields } from '../shell/values.ts';
import { DivisionField } from '../service-network/pickers.tsx';
import { registerWorker } from './commands.ts';

type Entered = Omit<BodyOf<'/api/social-workers'>, 'workerId'>;

/** Enters somebody in the register of social workers. */
export function NewWorkerPage() {
  const { say } = useWords();
  const navigate = useNavigate();
  const [workerId] = useState(() => crypto.randomUUID());
  const suggestions = useHomeSuggestions();
  return (
    <>
      <PageHead above={<Link to="/workers">{say('shell.workers')}</Link>} title={say('workforce.register')} />
      <section className="section form-page">
        <PersonForm<Entered>
          draft="new worker"
          confirm={say('workforce.register')}
          toCommand={({ phone, ...values }) => registerWorker({ workerId, ...values, ...(phone ? { phone } : {}) })}
          done={() => {
            tell(say('shell.done', { what: say('workforce.register') }));
            void navigate({ to: '/workers/$workerId', params: { workerId } });
          }}
        >
          <PersonFields phoneRequired={false} />
          <DivisionField word="workforce.home" suggestions={suggestions} />
          <ValueField name="specialisms" word="workforce.specialisms" values={serviceFields} several optional />
        </PersonForm>
      </section>
    </>
  );
}
