//! Where the nodes of a directed graph stand: in layers from left to right, so that as few edges as may be run back or cross.
//!
//! The layer of a node is the length of the longest path to it. An edge over several layers goes through a place in each of them, so that it
//! runs beside the nodes there. The order within a layer follows the mean of the neighbours, forth and back a few times; of all orders that
//! came up the one with the fewest crossings is taken. All of it is decided by numbers and, where those are equal, by the order of the nodes.

/// Where nodes and edges are. Distances across are layers, those down are pixels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// Of each node its layer.
    pub(super) layer: Vec<usize>,
    /// Of each node the height of its middle.
    pub(super) y: Vec<f64>,
    /// Of each edge the places that it goes through between its ends: layer and height.
    pub(super) through: Vec<Vec<(usize, f64)>>,
    /// The height of all.
    pub(super) height: f64,
}

/// How often the order of the layers is improved.
const SWEEPS: usize = 12;
/// So many layers a row may have, if no part has more.
const SIDE_BY_SIDE: usize = 4;
/// Pixels between two neighbours of a layer.
const GAP: f64 = 14.0;
/// The height that an edge takes where it passes a layer.
const PASSING: f64 = 8.0;

/// A layout of nodes of some heights with edges from one to another; what is no node is left out.
pub(super) fn layout(heights: &[f64], edges: &[(usize, usize)]) -> Layout {
    let count = heights.len();
    let mut all =
        Layout { layer: vec![0; count], y: vec![0.0; count], through: vec![Vec::new(); edges.len()], height: 0.0 };
    let is_valid = |edge: &(usize, usize)| edge.0 < count && edge.1 < count && edge.0 != edge.1;
    let layer = longest_paths(count, &edges.iter().copied().filter(is_valid).collect::<Vec<_>>());
    // Parts that are narrow stand beside each other: the layers taken in a row, and where it starts.
    let most = layer.iter().map(|layer| layer + 1).max().unwrap_or(0).max(SIDE_BY_SIDE);
    let (mut taken, mut top) = (0, 0.0);
    for part in parts(count, &edges.iter().copied().filter(is_valid).collect::<Vec<_>>()) {
        let depth = part.iter().map(|node| layer[*node] + 1).max().unwrap_or(0);
        if taken > 0 && taken + depth > most {
            (taken, top) = (0, all.height + 2.0 * GAP);
        }
        place_part(heights, edges, &layer, &part, (taken, top), &mut all);
        taken += depth;
    }
    all
}

/// The length of the longest path to each node, not counting edges that close a circle.
fn longest_paths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    // Depth first, by an explicit stack: the nodes in an order in which edges that close no circle lead on.
    let mut order: Vec<usize> = Vec::new();
    let mut state = vec![0_u8; count];
    let mut back = vec![false; edges.len()];
    for root in 0..count {
        let mut stack = vec![(root, 0)];
        while let Some((node, next)) = stack.pop() {
            if next == 0 && state[node] != 0 {
                continue;
            }
            state[node] = 1;
            match edges.iter().enumerate().skip(next).find(|(_, edge)| edge.0 == node) {
                Some((place, (_, to))) => {
                    stack.push((node, place + 1));
                    match state[*to] {
                        0 => stack.push((*to, 0)),
                        1 => back[place] = true,
                        _ => {}
                    }
                }
                None => {
                    state[node] = 2;
                    order.push(node);
                }
            }
        }
    }
    let mut layer = vec![0_usize; count];
    for node in order.into_iter().rev() {
        for (place, (_, to)) in edges.iter().enumerate().filter(|(_, edge)| edge.0 == node) {
            if !back[place] {
                layer[*to] = layer[*to].max(layer[node] + 1);
            }
        }
    }
    // What nothing leads to stands right before the first that it leads to.
    for node in 0..count {
        let after = edges.iter().filter(|edge| edge.0 == node).map(|edge| layer[edge.1]).min();
        if let (0, Some(after)) = (layer[node], after) {
            layer[node] = after.saturating_sub(1);
        }
    }
    layer
}

/// The parts that hang together, the largest first.
fn parts(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut part: Vec<usize> = (0..count).collect();
    let mut has_changed = true;
    while has_changed {
        has_changed = false;
        for (from, to) in edges {
            let least = part[*from].min(part[*to]);
            has_changed |= part[*from] != least || part[*to] != least;
            (part[*from], part[*to]) = (least, least);
        }
    }
    let members = |first: usize| (0..count).filter(|node| part[*node] == first).collect::<Vec<usize>>();
    let mut parts: Vec<Vec<usize>> = (0..count).filter(|node| part[*node] == *node).map(members).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// What stands in a layer: a node, or an edge that passes.
struct Stand {
    layer: usize,
    height: f64,
    /// The node, or the edge that passes.
    what: Result<usize, usize>,
}

/// Places a part, from a layer and a height on.
fn place_part(
    heights: &[f64],
    edges: &[(usize, usize)],
    layer: &[usize],
    part: &[usize],
    (left, above): (usize, f64),
    all: &mut Layout,
) {
    let mut stands: Vec<Stand> =
        part.iter().map(|node| Stand { layer: layer[*node], height: heights[*node], what: Ok(*node) }).collect();
    let mut short: Vec<(usize, usize)> = Vec::new();
    for (place, (from, to)) in edges.iter().enumerate() {
        let find = |node: usize| part.binary_search(&node).ok();
        let (Some(mut from), Some(to)) = (find(*from), find(*to)) else { continue };
        let (first, last) = (stands[from].layer, stands[to].layer);
        for between in first + 1..last {
            stands.push(Stand { layer: between, height: PASSING, what: Err(place) });
            short.push((from, stands.len() - 1));
            from = stands.len() - 1;
        }
        // An edge that runs back has no part in the order.
        if first < last {
            short.push((from, to));
        }
    }
    let depth = stands.iter().map(|stand| stand.layer + 1).max().unwrap_or(0);
    let in_layer =
        |layer: usize| (0..stands.len()).filter(|stand| stands[*stand].layer == layer).collect::<Vec<usize>>();
    let order = ordered((0..depth).map(in_layer).collect(), &short, stands.len());
    let y = settled(&order, &neighbours(&short, stands.len()), &stands);
    let (top, bottom) = y.iter().zip(&stands).fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), (y, stand)| {
        (top.min(y - stand.height / 2.0), bottom.max(y + stand.height / 2.0))
    });
    for (stand, y) in stands.iter().zip(y) {
        let (layer, y) = (left + stand.layer, y - top + above);
        match stand.what {
            Ok(node) => (all.layer[node], all.y[node]) = (layer, y),
            Err(edge) => all.through[edge].push((layer, y)),
        }
    }
    all.height = all.height.max(above + bottom - top);
}

/// Of each what edges lead to it from, and what they lead from it to.
fn neighbours(edges: &[(usize, usize)], count: usize) -> [Vec<Vec<usize>>; 2] {
    let (mut before, mut after) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for (from, to) in edges {
        before[*to].push(*from);
        after[*from].push(*to);
    }
    [before, after]
}

/// The order of each layer with the fewest crossings among those that the sweeps come by.
fn ordered(mut layers: Vec<Vec<usize>>, edges: &[(usize, usize)], count: usize) -> Vec<Vec<usize>> {
    let [before, after] = neighbours(edges, count);
    let mut position = vec![0; count];
    for layer in &layers {
        layer.iter().enumerate().for_each(|(place, stand)| position[*stand] = place);
    }
    let mut best = (crossings(&position, &layers, &after), layers.clone());
    for sweep in 0..SWEEPS {
        let is_forth = sweep % 2 == 0;
        let others = if is_forth { &before } else { &after };
        for step in 1..layers.len() {
            let place = if is_forth { step } else { layers.len() - 1 - step };
            let mean = |stand: usize| match others[stand].len() {
                0 => position[stand] as f64,
                many => others[stand].iter().map(|other| position[*other] as f64).sum::<f64>() / many as f64,
            };
            let mut means: Vec<(f64, usize)> = layers[place].iter().map(|stand| (mean(*stand), *stand)).collect();
            means.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[place] = means.into_iter().map(|(_, stand)| stand).collect();
            layers[place].iter().enumerate().for_each(|(place, stand)| position[*stand] = place);
        }
        let found = crossings(&position, &layers, &after);
        if found < best.0 {
            best = (found, layers.clone());
        }
    }
    best.1
}

/// How many pairs of edges between neighbouring layers cross.
fn crossings(position: &[usize], layers: &[Vec<usize>], after: &[Vec<usize>]) -> usize {
    let in_layer = |layer: &Vec<usize>| {
        let ends = |stand: &usize| after[*stand].iter().map(|to| (position[*stand], position[*to])).collect::<Vec<_>>();
        let edges: Vec<(usize, usize)> = layer.iter().flat_map(ends).collect();
        // Those before start at or above it: they cross it where they end below it.
        let cross = |a: &(usize, usize), b: &(usize, usize)| a.0 > b.0 && a.1 < b.1;
        edges.iter().enumerate().map(|(place, a)| edges[..place].iter().filter(|b| cross(a, b)).count()).sum::<usize>()
    };
    layers.iter().map(in_layer).sum()
}

/// Heights that keep the order, with neighbours far enough from each other, near to what each is joined to.
fn settled(layers: &[Vec<usize>], [before, after]: &[Vec<Vec<usize>>; 2], stands: &[Stand]) -> Vec<f64> {
    let distance = |a: usize, b: usize| (stands[a].height + stands[b].height) / 2.0 + GAP;
    let mut y = vec![0.0; stands.len()];
    for layer in layers {
        for pair in layer.windows(2) {
            y[pair[1]] = y[pair[0]] + distance(pair[0], pair[1]);
        }
        // All layers around the same height.
        let middle = layer.last().map_or(0.0, |last| y[*last] / 2.0);
        layer.iter().for_each(|stand| y[*stand] -= middle);
    }
    for _ in 0..SWEEPS {
        for layer in layers {
            let wish = |stand: usize| {
                let others = before[stand].iter().chain(&after[stand]);
                let (sum, count) = others.fold((0.0, 0.0), |(sum, count), other| (sum + y[*other], count + 1.0));
                if count > 0.0 { sum / count } else { y[stand] }
            };
            let wishes: Vec<f64> = layer.iter().map(|stand| wish(*stand)).collect();
            // The mean of what comes of granting wishes from above and from below keeps all distances.
            let (mut down, mut up) = (wishes.clone(), wishes);
            for place in 1..layer.len() {
                down[place] = down[place].max(down[place - 1] + distance(layer[place - 1], layer[place]));
            }
            for place in (1..layer.len()).rev() {
                up[place - 1] = up[place - 1].min(up[place] - distance(layer[place - 1], layer[place]));
            }
            layer.iter().enumerate().for_each(|(place, stand)| y[*stand] = (down[place] + up[place]) / 2.0);
        }
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stand_behind_what_leads_to_them_and_not_on_one_another() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 2), (4, 5)];
        let found = layout(&[20.0; 6], &edges);
        assert_eq!(found.layer[..4], [0, 1, 2, 1]);
        // The edge over a layer has a place in it.
        assert_eq!(found.through.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1, 0, 0]);
        for a in 0..6 {
            for b in 0..a {
                let apart = (found.y[a] - found.y[b]).abs() >= 20.0;
                assert!(found.layer[a] != found.layer[b] || apart, "{a} and {b}: {found:?}");
            }
        }
        // The smaller part does not fit beside the larger one, but one of one layer would.
        assert!(found.layer[4..] == [0, 1] && found.y[4] > found.y[..4].iter().copied().fold(0.0, f64::max) + 20.0);
        let beside = layout(&[20.0; 6], &edges[..4]);
        assert!(beside.layer[4] == 3 && beside.y[4] < 20.0, "{beside:?}");
        assert_eq!(found, layout(&[20.0; 6], &edges));
    }

    #[test]
    fn edges_that_need_not_cross_do_not() {
        let found = layout(&[20.0; 6], &[(0, 5), (1, 4), (2, 3)]);
        assert!(found.y.iter().all(|y| y.is_finite()));
        let found = layout(&[20.0; 7], &[(6, 0), (6, 1), (6, 2), (0, 5), (1, 4), (2, 3)]);
        let above = |a: usize, b: usize| found.y[a] < found.y[b];
        assert!(above(0, 1) == above(5, 4) && above(1, 2) == above(4, 3), "{found:?}");
    }

    #[test]
    fn circles_and_what_is_no_node_do_no_harm() {
        let found = layout(&[10.0; 3], &[(0, 1), (1, 2), (2, 0), (1, 1), (7, 0), (0, 9)]);
        assert_eq!(found.layer, [0, 1, 2]);
        assert!(found.y.iter().all(|y| y.is_finite()) && found.height >= 10.0);
        assert_eq!(layout(&[], &[(0, 0)]).height, 0.0);
    }
}
