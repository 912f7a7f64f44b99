//! A company: a tree of departments, who reports to whom, who is married to
//! whom, and who has which desk; and what would go with what.
//!
//! `cargo run --example orgchart`

#![expect(
    missing_docs,
    clippy::print_stdout,
    clippy::panic_in_result_fn,
    reason = "an example speaks to whoever reads and runs it"
)]

use backref::{AnyId, DeletePlan, ErrorKind, Id, entity, graph};

#[entity(key = name)]
#[derive(Debug)]
pub struct Department {
    pub name: &'static str,
    #[relationship(back_populates = parts, acyclic)]
    pub part_of: ToOne<Department>,
    /// Its parts are dissolved with it …
    #[relationship(back_populates = part_of, delete_rule = cascade)]
    pub parts: ToMany<Department>,
    /// … but not as long as somebody works there.
    #[relationship(back_populates = department, delete_rule = deny)]
    pub staff: ToMany<Person>,
}

#[entity(key = name)]
#[derive(Debug)]
pub struct Person {
    pub name: &'static str,
    #[relationship(back_populates = staff, required)]
    pub department: ToOne<Department>,
    #[relationship(backref = reports, acyclic)] // makes Person.reports
    pub boss: ToOne<Person>,
    #[relationship(symmetric)]
    pub spouse: ToOne<Person>,
    /// One desk each; it goes with whoever has it.
    #[relationship(backref = one(user), delete_rule = cascade)]
    pub desk: ToOne<Desk>,
}

#[entity]
#[derive(Debug)]
pub struct Desk {
    pub room: u16,
}

graph! {
    pub struct Company { departments: Department, people: Person, desks: Desk }
}

fn main() -> backref::Result<()> {
    let mut company = Company::new();
    let part = |name| NewDepartment::from(Department { name });
    let works = company.insert(part("works").with_parts([
        part("office"),
        part("factory").with_parts([part("assembly"), part("store")]),
    ]))?;
    let assembly = department(&company, "assembly");
    let store = department(&company, "store");

    let hire = |name, department| Person { name }.with_department(department);
    let ada = company.insert(hire("Ada", works).with_desk(Desk { room: 12 }))?;
    let bob = company.insert(hire("Bob", assembly).with_boss(ada))?;
    let cid = company.insert(hire("Cid", assembly).with_boss(bob))?;
    let dot = company.insert(hire("Dot", store).with_boss(ada).with_spouse(bob))?;
    print_tree(&company, works);

    // A cycle is refused from whichever end it is tried, and nothing changes.
    let refused = company
        .edit(cid)
        .reports_mut()
        .push(ada)
        .expect_err("Ada is above Cid");
    assert_eq!(refused.kind(), ErrorKind::Cycle);
    println!("\n{refused}");

    // Marrying again frees the old partner: both ends are always true.
    company.edit(dot).set_spouse(cid)?;
    assert_eq!(company.at(bob).spouse(), None);

    // Ask first: who would go, and who is in the way?
    let factory = department(&company, "factory");
    println!("\nto dissolve the factory:");
    print_plan(&company, &company.at(factory).plan_delete()?);

    let [office, from] = [department(&company, "office"), assembly];
    company.edit(office).staff_mut().take_all_from(from)?;
    company.edit(dot).set_department(office)?;
    println!("\nafter all have moved to the office:");
    print_plan(&company, &company.at(factory).plan_delete()?);
    company.delete(factory)?;

    println!(
        "\nAda leaves, and {} goes with her:",
        company.describe(desk_of(&company, ada))
    );
    company.delete(ada)?;
    print_tree(&company, works);
    company.verify().expect("both ends agree, everywhere");
    Ok(())
}

fn department(company: &Company, name: &str) -> Id<Department> {
    company
        .find::<Department>(name)
        .expect("it is founded above")
        .id()
}

fn desk_of(company: &Company, person: Id<Person>) -> Id<Desk> {
    company.at(person).desk().expect("she has one").id()
}

/// Departments with their people, each below the one it is part of.
fn print_tree(company: &Company, root: Id<Department>) {
    let mut next = vec![(company.at(root), 0)];
    while let Some((department, depth)) = next.pop() {
        let staff: Vec<&str> = department
            .staff()
            .iter()
            .map(|person| person.name)
            .collect();
        println!(
            "{:indent$}{}: {}",
            "",
            department.name,
            staff.join(", "),
            indent = depth * 2
        );
        let parts = department.parts().iter().rev();
        next.extend(parts.map(|part| (part, depth + 1)));
    }
}

fn print_plan(company: &Company, plan: &DeletePlan) {
    let name = |id: AnyId| match id.of::<Department>() {
        Some(id) => company[id].name.to_owned(),
        None => company.describe(id),
    };
    for doomed in plan.entities() {
        let path: Vec<String> = plan.path(doomed.id).into_iter().map(name).collect();
        println!("  goes: {}", path.join(" > "));
    }
    for blocker in plan.blockers() {
        println!(
            "  stays, because of {}: {}",
            company.describe(blocker.blocked_by),
            name(blocker.entity)
        );
    }
}
