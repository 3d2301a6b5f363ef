import { createLink } from '@tanstack/react-router';
import { Button } from 'antd';

/** A link that looks like a button: it goes somewhere, so it opens in another tab as well. */
export const LinkButton = createLink(Button);
