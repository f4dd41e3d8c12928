import { useState } from 'preact/hooks';
import { ApiError } from '../../api.ts';
import { me, signIn } from '../../session.ts';

/** Asks for a token. What is wrong with it is said in place. */
export function SignIn() {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(token.trim());
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setProblem(cause.message);
    }
    setBusy(false);
  };
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <h1>Sign in{me.value.site && ` to ${me.value.site}`}</h1>
      <p>
        Whoever runs the site makes a token with <code>wellwatch token add NAME --role read</code>.
      </p>
      <label for="token">Token</label>
      <input
        id="token"
        type="password"
        autocomplete="current-password"
        required
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
        aria-describedby="token-problem"
        aria-invalid={problem !== ''}
      />
      <p id="token-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}
