"""Which pages there are for a person. The vault refuses the rest anyway."""

from app.domain.people import Permission
from app.domain.ports import Session
from app.ui.contracts import SealedPolicy
from app.ui.rooms import Rooms
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.office.account import Account
from app.ui.viewmodels.office.audit import Audit
from app.ui.viewmodels.office.people import People
from app.ui.viewmodels.office.records import RecordsModel
from app.ui.widgets.actions import Actions
from app.ui.widgets.commands import FilePicker
from app.ui.widgets.office.account_page import AccountPage
from app.ui.widgets.office.audit_export import ask_to_export
from app.ui.widgets.office.audit_page import AuditPage
from app.ui.widgets.office.office import Make, Office
from app.ui.widgets.office.page import OfficePage
from app.ui.widgets.office.people_page import PeoplePage
from app.ui.widgets.office.records_page import RecordsPage


def office_for(
    session: Session,
    rooms: Rooms,
    actions: Actions,
    tasks: Tasks,
    theme: Theme,
    picker: FilePicker,
    policy: SealedPolicy,
    leave: str,
) -> Office:
    """The pages that this person may see; the actions of the others are taken out of the menu."""
    me = session.user

    def people() -> OfficePage:
        return PeoplePage(People(session.users, rooms.leaving, me, tasks), tasks, theme)

    def audit() -> OfficePage:
        def export(page: AuditPage) -> None:
            ask_to_export(session, picker, tasks, theme, page.say_exported, page)

        return AuditPage(Audit(session.audit, tasks), theme, export)

    def titles() -> dict[str, str]:
        return {e.id: e.title for e in session.encounters.list()} if me.may(Permission.READ) else {}

    def records() -> OfficePage:
        if rooms.records is None:
            raise RuntimeError("this session keeps no records")
        model = RecordsModel(rooms.records, policy.retention, titles, tasks)
        return RecordsPage(model, me, policy.backup_days, picker, tasks, theme)

    def account() -> OfficePage:
        return AccountPage(Account(session.users, rooms.unlocking, tasks), me, tasks, theme)

    pages: dict[str, tuple[str, Make]] = {}
    if me.may(Permission.MANAGE_USERS):
        pages["people"] = ("People", people)
    if rooms.records is not None and (me.may(Permission.HOLD) or me.may(Permission.BACK_UP)):
        pages["records"] = ("Backup and retention", records)
    if me.may(Permission.READ_AUDIT):
        pages["audit"] = ("Audit trail", audit)
    pages["account"] = ("Your account", account)
    office = Office(pages, leave)
    named = {
        "people": actions.people,
        "records": actions.records,
        "audit": actions.audit_trail,
        "account": actions.account,
    }
    for key, action in named.items():
        action.setVisible(key in pages)
        action.setEnabled(key in pages)
        action.triggered.connect(lambda _checked=False, key=key: office.show_page(key))
    return office
