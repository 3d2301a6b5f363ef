import { Checkbox, Form } from 'antd';
import { useMay } from '../access/me.ts';
import type { Card } from '../shell/api.ts';
import { ActionButton, ActionDialog } from '../shell/action-dialog.tsx';
import { ActionMenu, type MenuAction } from '../shell/action-menu.tsx';
import type { BodyOf } from '../shell/command.ts';
import { ReasonField, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { volunteerSkills, weeklySlots, withdrawingReasons, type VolunteerSkill, type WeeklySlot } from '../shell/values.ts';
import {
  acceptVolunteer,
  declareAvailability,
  declineVolunteer,
  recordSkill,
  reinstateVolunteer,
  suspendVolunteer,
  withdrawVolunteer,
} from './commands.ts';
import type { VolunteerCard } from './queries.ts';

type Because = NonNullable<BodyOf<'/api/volunteers/{volunteerId}/withdraw-volunteer'>['because']>;

/** What can be done with a volunteer, by the stage: an applicant is accepted or declined, everything else comes after. */
export function VolunteerActions({ card }: { card: Card<VolunteerCard> }) {
  const { say, called } = useWords();
  const may = useMay('centerStaff', 'stationWorker');
  const { volunteerId, stage, skills, availability, etag } = card;
  if (!may) return null;
  if (stage === 'APPLIED') {
    return (
      <>
        <ActionButton<object>
          name={`accept ${volunteerId}`}
          title={say('volunteering.accept')}
          buttonProps={{ type: 'primary' }}
          etag={etag}
          toCommand={(_, how) => acceptVolunteer(volunteerId, how)}
        />
        <ActionButton<{ reason: string }>
          name={`decline ${volunteerId}`}
          title={say('volunteering.decline')}
          danger
          etag={etag}
          toCommand={({ reason }, how) => (reason ? declineVolunteer(volunteerId, { reason }, how) : undefined)}
          fields={<ReasonField />}
        />
      </>
    );
  }
  if (stage !== 'ACCEPTED' && stage !== 'SUSPENDED') return null;
  const common = (key: string, close: () => void) => ({ name: `${key} ${volunteerId}`, open: true, close, etag });
  const actions: readonly MenuAction[] = [
    {
      key: 'skill',
      label: say('volunteering.recordSkill'),
      dialog: close => (
        <ActionDialog<{ skill: VolunteerSkill }>
          {...common('skill', close)}
          title={say('volunteering.recordSkill')}
          toCommand={({ skill }, how) => (skill ? recordSkill(volunteerId, { skill }, how) : undefined)}
          fields={
            <ValueField
              name="skill"
              word="volunteering.skill"
              values={volunteerSkills.filter(skill => !skills.includes(skill))}
            />
          }
        />
      ),
    },
    {
      key: 'availability',
      label: say('volunteering.availability'),
      dialog: close => (
        <ActionDialog<{ slots: WeeklySlot[] }>
          {...common('availability', close)}
          title={say('volunteering.availability')}
          initial={{ slots: availability }}
          toCommand={({ slots = [] }, how) => declareAvailability(volunteerId, { slots }, how)}
          fields={
            <Form.Item name="slots" label={say('volunteering.slots')}>
              <Checkbox.Group className="week" options={weeklySlots.map(value => ({ value, label: called(value) }))} />
            </Form.Item>
          }
        />
      ),
    },
    stage === 'SUSPENDED'
      ? {
          key: 'reinstate',
          label: say('volunteering.reinstate'),
          dialog: close => (
            <ActionDialog<object>
              {...common('reinstate', close)}
              title={say('volunteering.reinstate')}
              toCommand={(_, how) => reinstateVolunteer(volunteerId, how)}
            />
          ),
        }
      : {
          key: 'suspend',
          label: say('volunteering.suspend'),
          danger: true,
          dialog: close => (
            <ActionDialog<{ reason: string }>
              {...common('suspend', close)}
              title={say('volunteering.suspend')}
              danger
              toCommand={({ reason }, how) => (reason ? suspendVolunteer(volunteerId, { reason }, how) : undefined)}
              undo={() => reinstateVolunteer(volunteerId)}
              fields={<ReasonField />}
            />
          ),
        },
    {
      key: 'withdraw',
      label: say('volunteering.withdraw'),
      danger: true,
      dialog: close => (
        <ActionDialog<{ because: Because }>
          {...common('withdraw', close)}
          title={say('volunteering.withdraw')}
          danger
          toCommand={({ because }, how) => (because ? withdrawVolunteer(volunteerId, { because }, how) : undefined)}
          fields={<ValueField name="because" word="network.because" values={withdrawingReasons} />}
        />
      ),
    },
  ];
  return <ActionMenu actions={actions} />;
}
