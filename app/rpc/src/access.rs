//! Forms and reads of administration about people, teams, departments, grants and service tokens.

mod create_user;
mod departments;
mod edit_user;
mod fields;
mod grants;
mod invite;
mod password;
mod read;
mod secrets;
mod sessions;
mod teams;
mod tokens;

pub use create_user::{CreateUser, create_user};
pub use departments::{
    CreateDepartment, DeleteDepartment, DepartmentList, DepartmentRead, EditDepartment, create_department,
    delete_department, department_list, department_read, edit_department,
};
pub use edit_user::{EditUser, SuspendUser, edit_user, suspend_user};
pub use fields::GrantFields;
pub use grants::{GrantRole, WithdrawGrant, grant_role, withdraw_grant};
pub use invite::{Invite, WithdrawInvitation, invite, withdraw_invitation};
pub use password::{ResetFactor, SetPassword, reset_factor, set_password};
pub use read::{TeamList, TeamRead, UserListRead, UserRead, team_list, team_read, user_list_read, user_read};
pub use sessions::{
    EndSessionOf, EndSessionsOf, SignEverybodyOut, end_session_of, end_sessions_of, sign_everybody_out,
};
pub use teams::{CreateTeam, DeleteTeam, EditTeam, create_team, delete_team, edit_team};
pub use tokens::{CreateToken, RevokeToken, TokenListRead, create_token, revoke_token, token_list_read};

#[cfg(not(target_family = "wasm"))]
pub(crate) use read::{departments, history_of};
#[cfg(not(target_family = "wasm"))]
pub(crate) use secrets::{kept_secret, leave_secret};
