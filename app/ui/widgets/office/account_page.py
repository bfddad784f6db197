"""Your account: passphrase, recovery code, second factor, and whether this computer remembers you."""

from PySide6.QtWidgets import QPushButton

from app.domain.errors import AnamnesisError
from app.domain.people import User
from app.ui import people_words
from app.ui.tasks import Lane, Tasks, UnexpectedError
from app.ui.theme import Theme
from app.ui.viewmodels.office.account import Account
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet
from app.ui.widgets.office.account_sheets import ChangePassphraseSheet, CheckCodeSheet, NewCodeSheet
from app.ui.widgets.office.factor_set_up import ask_to_set_up
from app.ui.widgets.office.page import OfficePage, SettingRow, settings
from app.ui.widgets.parts import button, text


class AccountPage(OfficePage):
    """Each act asks for the passphrase again and is written to the audit trail."""

    def __init__(self, account: Account, me: User, tasks: Tasks, theme: Theme) -> None:
        lead = f"{me.display_name} · signs in as {me.name} · {people_words.roles(me.roles).lower()}"
        super().__init__("Your account", lead, theme)
        account.setParent(self)
        self._account = account
        self._me = me
        self._tasks = tasks
        self.change = button("Change…", self._change_passphrase)
        self.check_code = button("Check…", self._check_code)
        self.new_code = button("New code…", self._ask_for_code)
        self.factor = button("Turn on…", self._switch_factor)
        self.remember = button("Remember…", self._switch_remembering)
        self.passphrase_row = SettingRow("Passphrase", self.change)
        self.code_row = SettingRow("Recovery code", self.check_code, self.new_code)
        self.factor_row = SettingRow("Second factor", self.factor)
        self.remember_row = SettingRow("This computer", self.remember)
        self.column.addWidget(settings(self.passphrase_row, self.code_row, self.factor_row, self.remember_row))
        self.column.addWidget(text("Every change is written to the audit trail, without the secrets.", "small"))
        self.column.addStretch()
        self.passphrase_row.say("Opens the vault on every computer.", "At least 12 characters; four words work well.")
        self.code_row.say(
            "Opens the vault if you forget the passphrase.", "It is on your paper only. Nobody can look it up for you."
        )
        self.setFocusProxy(self.change)
        account.changed.connect(self._show)
        account.failed.connect(self._on_failed)
        self._show()

    def refresh(self) -> None:
        """See `OfficePage`."""
        self._account.look()

    def _show(self) -> None:
        status, there = self._account.status, self._account.unlocking is not None
        for widget in (self.check_code, self.new_code):
            widget.setVisible(there)
        for row in (self.factor_row, self.remember_row):
            row.setVisible(there)
        for widget in (self.factor, self.remember):
            widget.setEnabled(status is not None)
        if status is None:
            return
        if status.second_factor:
            must = " Your organisation asks for it." if status.second_factor_required else ""
            self.factor_row.say("On. Signing in also needs a code from your authenticator app.", must.strip())
        else:
            self.factor_row.say(
                "Off. Your passphrase is enough to sign in.",
                "On, somebody who has seen your passphrase still cannot get in without your phone.",
            )
        _name(self.factor, self.factor_row, "Turn off…" if status.second_factor else "Turn on…")
        self.factor.setEnabled(not (status.second_factor and status.second_factor_required))
        if status.remembered_in:
            self.remember_row.say(
                f"Remembered in {status.remembered_in}. You sign in here without the passphrase.",
                "Whoever can use your login on this computer can too. Signing and exporting still ask for it.",
            )
        else:
            self.remember_row.say(
                "Not remembered. Your passphrase is asked for at each sign-in.",
                "If remembered, whoever can use your login on this computer gets in; signing still asks for it.",
            )
        _name(self.remember, self.remember_row, "Forget" if status.remembered_in else "Remember…")

    def _change_passphrase(self) -> None:
        sheet = ChangePassphraseSheet(self._account.users, self._me, self._tasks, self.theme, self)
        self._run(sheet, "Your passphrase is changed.", "Use the new one from now on, also to sign notes.")

    def _check_code(self) -> None:
        if self._account.unlocking is not None:
            sheet = CheckCodeSheet(self._account.unlocking, self._tasks, self.theme, self)
            self._run(sheet, "The code on your paper is right.", "It was not used up.")

    def _ask_for_code(self) -> None:
        unlocking = self._account.unlocking
        if unlocking is None:
            return
        sheet = PassphraseSheet(
            "New recovery code",
            ("The new code takes the place of the one on your paper.",),
            "Show the new code",
            "Making it…",
            unlocking.begin_recovery_code,
            self._tasks,
            self.theme,
            self,
        )
        sheet.settled.connect(self._show_code)
        sheet.open()

    def _show_code(self, code: str) -> None:
        if self._account.unlocking is not None:
            sheet = NewCodeSheet(self._account.unlocking, code, self._tasks, self.theme, self)
            self._run(sheet, "The new recovery code is in force.", "Destroy the paper with the old one.")

    def _switch_factor(self) -> None:
        status, unlocking = self._account.status, self._account.unlocking
        if status is None or unlocking is None:
            return
        if status.second_factor:
            sheet = PassphraseSheet(
                "Turn off the second factor?",
                ("Your passphrase alone will open the vault.",),
                "Turn off",
                "Turning off…",
                unlocking.drop_second_factor,
                self._tasks,
                self.theme,
                self,
                with_code=True,
            )
            self._run(sheet, "The second factor is off.", "Remove the entry from your authenticator app.")
            return
        on = ("The second factor is on.", "The next sign-in asks for a code.")
        ask_to_set_up(unlocking, self._tasks, self.theme, lambda: self._on_done(*on), self)

    def _switch_remembering(self) -> None:
        status, unlocking = self._account.status, self._account.unlocking
        if status is None or unlocking is None:
            return
        if status.remembered_in:
            self.remember.setEnabled(False)
            self._tasks.run(unlocking.forget, self._on_forgotten, self._on_failed, Lane.KEY_STORE)
            return
        sheet = PassphraseSheet(
            "Remember you on this computer?",
            (
                "The key store of your login on this computer keeps a key that opens the vault, so that you sign in "
                "without typing. Whoever can use your login can do so too.",
                "Signing and exporting still ask for the passphrase. Do not use this on a shared computer.",
            ),
            "Remember",
            "Asking the key store…",
            unlocking.remember,
            self._tasks,
            self.theme,
            self,
            lane=Lane.KEY_STORE,
        )
        self._run(sheet, "This computer remembers you.", "")

    def _on_forgotten(self, whole: bool) -> None:
        rest = "" if whole else "The key store kept its entry, which opens nothing any more."
        self.message.say("good", "This computer no longer remembers you.", rest, ("Hide", self.message.clear))
        self._account.look()

    def _run(self, sheet: ActSheet, done: str, then: str) -> None:
        sheet.settled.connect(lambda _result: self._on_done(done, then))
        sheet.open()

    def _on_done(self, done: str, then: str) -> None:
        self.message.say("good", done, then, ("Hide", self.message.clear))
        self._account.look()

    def _on_failed(self, error: AnamnesisError) -> None:
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        self._show()


def _name(widget: QPushButton, row: SettingRow, do: str) -> None:
    widget.setText(do)
    widget.setAccessibleName(f"{row.title.text()}: {do.rstrip('…')}")
