import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { anyone, By, signedIn } from '@lib/platform/cqrs/by.js';
import { checked } from '@lib/platform/cqrs/checked.js';
import { principalOf } from '@lib/platform/cqrs/guard.js';
import { ScopeTree } from '@lib/territory/scope-tree.js';
import { AccountDirectory } from './account/account-directory.js';
import { Me, MyGrant, SessionOpened, SignIn } from './sessions.views.js';
import { Sessions } from './sessions.js';

@ApiTags('access')
@ApiExtraModels(SignIn, SessionOpened, Me, MyGrant)
@Controller('api')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly accounts: AccountDirectory,
    private readonly tree: ScopeTree,
  ) {}

  @Post('sessions')
  @By(anyone)
  @HttpCode(201)
  @ApiOperation({
    operationId: 'SignIn',
    summary: '登录',
    description: 'Sign in; send the token as `Authorization: Bearer`. Ten wrong tries a minute for one account at most.',
  })
  @ApiBody({ schema: { $ref: getSchemaPath(SignIn) } })
  @ApiResponse({ status: 201, description: 'Signed in', schema: { $ref: getSchemaPath(SessionOpened) } })
  @ApiResponse({ status: 401, description: 'Account or password is not right' })
  async signIn(@Body() body: unknown): Promise<SessionOpened> {
    const { account, password } = checked(SignIn, body);
    return this.sessions.signIn(account, password);
  }

  @Get('me')
  @By(signedIn)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'me', summary: '我的账号', description: 'Who is signed in, in which roles, and where' })
  @ApiResponse({ status: 200, description: 'The account and its places', schema: { $ref: getSchemaPath(Me) } })
  me(@Req() request: FastifyRequest): Me {
    const account = this.accounts.find(principalOf(request).id)!;
    return {
      accountId: account.accountId,
      account: account.account,
      title: account.title,
      grants: account.grants.map(grant => {
        const division = this.tree.nameOf(grant.divisionId);
        return { ...grant, code: division?.code ?? '', name: division?.name ?? '' };
      }),
    };
  }
}
