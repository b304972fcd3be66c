'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { PageHeader } from '../components/page-header.tsx';
import { Tabs } from '../components/tabs.tsx';
import { Accounts } from './accounts.tsx';
import { BrowserSettings } from './browser-settings.tsx';
import { JoinTokens } from './join-tokens.tsx';
import { NatSettingsForm } from './nat-settings.tsx';

const tabs = ['nat', 'accounts', 'tokens', 'browser'] as const;

export function Settings() {
  const router = useRouter();
  const wanted = useSearchParams().get('tab');
  const tab = tabs.find((each) => each === wanted) ?? 'nat';
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        value={tab}
        onChange={(next) => router.replace(next === 'nat' ? '/settings' : `/settings?tab=${next}`, { scroll: false })}
        tabs={[
          { value: 'nat', label: 'NAT settings', content: <NatSettingsForm /> },
          { value: 'accounts', label: 'Accounts', content: <Accounts /> },
          { value: 'tokens', label: 'Join tokens', content: <JoinTokens /> },
          { value: 'browser', label: 'This browser', content: <BrowserSettings /> },
        ]}
      />
    </>
  );
}
