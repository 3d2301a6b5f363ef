import { ValueField } from '../shell/fields.tsx';
import { PersonFields } from '../shell/person-form.tsx';
import { serviceFields, volunteerSkills } from '../shell/values.ts';
import { DivisionField } from '../service-network/pickers.tsx';

/** What somebody tells who wants to help; the same at the counter and on the public page. */
export function VolunteerFields({
  suggestions = [],
}: {
  suggestions?: readonly { readonly value: string; readonly label: string }[];
}) {
  return (
    <>
      <PersonFields phoneRequired />
      <DivisionField word="volunteering.home" suggestions={suggestions} />
      <ValueField name="skills" word="volunteering.skill" values={volunteerSkills} several optional />
      <ValueField name="fields" word="volunteering.fields" values={serviceFields} several optional />
    </>
  );
}
