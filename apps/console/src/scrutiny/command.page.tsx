import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { day, moment } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { commandTrail, type CarriedOutCommand } from './queries.ts';
import { aboutOf, nameOf } from './timeline.tsx';

const route = getRouteApi('/office/commands/$commandId');

const withPages = new Set(['division', 'serviceCenter', 'serviceStation', 'socialWorker', 'volunteer']);

function Facts({ facts }: Pick<CarriedOutCommand, 'facts'>) {
  const { say } = useWords();
  return (
    <ol className="plain trail-facts">
      {facts.map(({ position, words, stream }) => {
        const { category, id } = aboutOf(stream);
        return (
          <li key={position}>
            {words} <span className="quiet number nowrap">{say('audit.position', { position })}</span>{' '}
            {withPages.has(category) ? (
              <Link to="/history/$subjectId" params={{ subjectId: id }} aria-label={`${words} ${say('shell.history')}`}>
                {say('shell.history')}
              </Link>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}

function Request({ command }: { command: CarriedOutCommand }) {
  const { say, zh } = useWords();
  const { request, actor, unit, recordedAt, effectiveOn, because, commandId } = command;
  const lines = [
    [say('audit.asked'), request ?? '—'],
    [say('audit.requested'), nameOf(actor, zh)],
    [say('audit.for'), unit ?? '—'],
    [say('audit.recorded'), moment(recordedAt)],
    [say('audit.countsFrom'), day(effectiveOn)],
    [say('audit.why'), because ?? '—'],
    [say('audit.commandId'), commandId],
  ] as const;
  return (
    <dl className="facts section-body">
      {lines.map(([what, value]) => (
        <div key={what} className="facts-line">
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One command, followed from the request to its facts and to everything that policies did because of them. */
export function CommandPage() {
  const { say, zh } = useWords();
  const { commandId } = route.useParams();
  const { data, error, refetch } = useQuery(commandTrail(commandId));
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { command, cause, consequences, whole } = data;
  return (
    <>
      <PageHead
        title={command.request ?? say('audit.command')}
        beside={<span className="quiet">{moment(command.recordedAt)}</span>}
      />
      <Section title={say('audit.stepRequest')}>
        <Request command={command} />
        {cause ? (
          <p className="section-foot">
            {say('audit.answersTo', { words: cause.words })}{' '}
            <Link to="/commands/$commandId" params={{ commandId: cause.commandId }}>
              {say('audit.trail')}
            </Link>
          </p>
        ) : null}
      </Section>
      <Section title={say('audit.stepFacts')}>
        <Facts facts={command.facts} />
      </Section>
      <Section title={say('audit.stepConsequences')}>
        {consequences.length === 0 ? <Empty>{say('audit.noConsequences')}</Empty> : null}
        <ol className="plain timeline">
          {consequences.map(each => (
            <li key={each.commandId}>
              <time dateTime={each.recordedAt}>{moment(each.recordedAt)}</time>
              <div>
                <Facts facts={each.facts} />
                <p className="quiet timeline-by">
                  <span>{nameOf(each.actor, zh)}</span>
                  {each.answers ? <span>{say('audit.answersFact', { position: each.answers })}</span> : null}
                  <Link
                    to="/commands/$commandId"
                    params={{ commandId: each.commandId }}
                    aria-label={`${each.request ?? each.commandId} ${say('audit.trail')}`}
                  >
                    {say('audit.trail')}
                  </Link>
                </p>
              </div>
            </li>
          ))}
        </ol>
        {whole ? null : <p className="section-foot">{say('audit.notWhole')}</p>}
      </Section>
    </>
  );
}
