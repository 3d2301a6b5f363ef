import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

/** A request to sign in. */
export class SignIn {
  /** @example "staff" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly account!: string;
  /** @example "北山街道-2026" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly password!: string;
}

/** A session. */
export class SessionOpened {
  /** Send it as `Authorization: Bearer <token>`. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln" */
  readonly token!: string;
  /** ISO 8601 in UTC. @example "2026-03-02T03:00:00.000Z" */
  readonly expiresAt!: string;
}

/** A role, and the place in which it is held. */
export class MyGrant {
  /** @example "centerStaff" */
  readonly role!: string;
  /** The division; everything under it is included. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  readonly divisionId!: string;
  /** Its code today. @example "222401002" */
  readonly code!: string;
  /** Its name today. @example "北山街道" */
  readonly name!: string;
  /** Set when the role holds for one center only. */
  readonly centerId?: string;
  /** Set when the role holds for one station only. */
  readonly stationId?: string;
}

/** Who is signed in. */
export class Me {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  readonly accountId!: string;
  /** @example "staff" */
  readonly account!: string;
  /** @example "服务中心工作人员" */
  readonly title!: string;
  readonly grants!: MyGrant[];
}
