namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Converts the nodes between two values to layers. Values that all later nodes depend on divide the nodes into segments. A segment of one layer is that layer;
/// segments of steps become activations or other layers of the library if their operators match, otherwise an <see cref="OperatorLayer"/>; a segment with
/// branches becomes a <see cref="Residual"/> or a <see cref="ParallelLayer"/>.
/// </summary>
internal sealed class Lowering
{
    /// <summary>The maximum nesting of blocks; deeper blocks are executed step by step.</summary>
    private const int MaximumNesting = 24;

    /// <summary>The maximum number of values of one layer of steps, which limits its memory.</summary>
    private const int MostValues = 1 << 20;

    private int _nesting;

    /// <summary>Returns the layers between two nodes.</summary>
    /// <exception cref="InvalidDataException">A node cannot be converted. The message names it.</exception>
    public LayerList Convert(GraphNode from, GraphNode to, Shape inputShape)
    {
        var layers = new LayerList(inputShape);
        var pending = new List<Segment>();
        foreach (Segment segment in Segments(from, to))
        {
            if (segment.Nodes.TrueForAll(node => node.Step is not null))
            {
                pending.Add(segment);
                continue;
            }

            StepLowering.Add(layers, pending, MostValues);
            pending.Clear();
            if (segment.Nodes is [{ Layer: not null } single])
                AddLayer(layers, single);
            else
                AddBranches(layers, segment);
        }

        StepLowering.Add(layers, pending, MostValues);
        return layers;
    }

    /// <summary>Returns the nodes that a node depends on, down to another node, including itself.</summary>
    public static HashSet<GraphNode> Between(GraphNode from, GraphNode to)
    {
        HashSet<GraphNode> found = [];
        var waiting = new Stack<GraphNode>([to]);
        while (waiting.TryPop(out GraphNode? next))
        {
            if (next == from || !found.Add(next))
                continue;
            foreach (GraphNode input in next.Inputs)
                waiting.Push(input);
        }

        return found;
    }

    private static void AddLayer(LayerList layers, GraphNode node)
    {
        if (node.InputShape is { } shape)
            layers.Reshape(shape);
        // Images are normalized by channel, but here the parameters have the shape of samples: each value is normalized separately.
        else if (node.Layer is BatchNormalization)
            layers.Flatten();
        layers.Add(node.Source, node.Layer!, node.Values);
    }

    private static IEnumerable<Segment> Segments(GraphNode from, GraphNode to)
    {
        List<GraphNode> nodes = [.. Between(from, to).OrderBy(node => node.Number)];
        var lastUses = new Dictionary<GraphNode, int>();
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (GraphNode input in nodes[i].Inputs)
                lastUses[input] = i;
        }

        // A position after which no earlier value is used.
        GraphNode start = from;
        var within = new List<GraphNode>();
        int open = nodes.Count > 0 ? lastUses[from] : 0;
        for (int i = 0; i < nodes.Count; i++)
        {
            within.Add(nodes[i]);
            if (open <= i)
            {
                yield return new Segment(start, within);
                (start, within) = (nodes[i], []);
            }

            open = Math.Max(open, lastUses.GetValueOrDefault(nodes[i]));
        }
    }

    private void AddBranches(LayerList layers, Segment segment)
    {
        // Image layers need the shape; other layers use vectors.
        if (!segment.Nodes.Exists(node => node.InputShape is not null))
            layers.Flatten();
        else if (segment.Nodes.Find(node => node.InputShape is not null && node.Inputs.First() == segment.From) is { InputShape: { } shape })
            layers.Reshape(shape);
        bool isDone = false;
        if (_nesting < MaximumNesting)
        {
            _nesting++;
            isDone = AddResidual(layers, segment) || AddParallel(layers, segment, [segment.To]) || AddParallel(layers, segment, Ending(segment));
            _nesting--;
        }

        if (!isDone)
            AddRounds(layers, segment);
    }

    /// <summary>A sum of two branches that share only their input.</summary>
    private bool AddResidual(LayerList layers, Segment segment)
    {
        if (segment.To is not { Step: "Add", Operands: [{ Node: { } first }, { Node: { } second }] } || first.Length != second.Length || first == second)
            return false;
        if (!AreApart(segment.From, [first, second]))
            return false;
        // The longer branch is the block, the other one the skip connection.
        if (first == segment.From || (second != segment.From && Between(segment.From, first).Count < Between(segment.From, second).Count))
            (first, second) = (second, first);
        LayerList block = Convert(segment.From, first, layers.Shape);
        LayerList around = Convert(segment.From, second, layers.Shape);
        block.Reshape(around.Shape);
        layers.Add(segment.To.Source, new Residual(block.Layers) { Projection = around.Layers }, [.. block.Values, .. around.Values]);
        return true;
    }

    /// <summary>Steps on several branches that share only their input.</summary>
    private bool AddParallel(LayerList layers, Segment segment, HashSet<GraphNode> steps)
    {
        if (steps.Count == 0)
            return false;
        GraphNode[] inputs = [.. steps.SelectMany(step => step.Inputs).Where(input => !steps.Contains(input)).Distinct().OrderBy(input => input.Number)];
        if (inputs.Length < 2 || !AreApart(segment.From, inputs))
            return false;
        LayerList[] branches = [.. inputs.Select(input => Convert(segment.From, input, layers.Shape))];
        layers.Add(segment.To.Source, new ParallelLayer([.. branches.Select(branch => branch.Layers)]), [.. branches.SelectMany(branch => branch.Values)]);
        // The parallel layer concatenates the branches.
        if (steps.Count == 1 && segment.To is { Step: "Join", Sizes: [1] } && segment.To.Operands.Select(operand => operand.Node).SequenceEqual(inputs))
            return true;
        (OperatorLayer program, float[][] values) = ProgramBuilder.Build(inputs, steps.OrderBy(step => step.Number), [segment.To]);
        layers.Add(segment.To.Source, program, values);
        return true;
    }

    /// <summary>Returns the steps at the end of a segment, back to layers.</summary>
    private static HashSet<GraphNode> Ending(Segment segment)
    {
        HashSet<GraphNode> found = [];
        var waiting = new Stack<GraphNode>([segment.To]);
        while (waiting.TryPop(out GraphNode? next))
        {
            if (next == segment.From || next.Step is null || !found.Add(next))
                continue;
            foreach (GraphNode input in next.Inputs)
                waiting.Push(input);
        }

        return found;
    }

    private static bool AreApart(GraphNode from, IEnumerable<GraphNode> ends)
    {
        HashSet<GraphNode> seen = [];
        foreach (GraphNode end in ends)
        {
            HashSet<GraphNode> nodes = Between(from, end);
            if (nodes.Overlaps(seen))
                return false;
            seen.UnionWith(nodes);
        }

        return true;
    }

    /// <summary>
    /// The general case: all values that are still needed are concatenated. Each round computes the possible steps in one layer, and then the possible layers in
    /// parallel.
    /// </summary>
    private static void AddRounds(LayerList layers, Segment segment)
    {
        List<GraphNode> live = [segment.From], left = segment.Nodes;
        long work = 0;
        while (left.Count > 0)
        {
            if ((work += left.Count) > 10_000_000)
                throw segment.To.Source!.Refuse("combines values with too many dependencies");
            HashSet<GraphNode> known = [.. live];
            List<GraphNode> steps = [];
            foreach (GraphNode node in left)
            {
                if (node.Step is not null && node.Inputs.All(known.Contains))
                {
                    steps.Add(node);
                    known.Add(node);
                }
            }

            left = [.. left.Where(node => !known.Contains(node))];
            List<GraphNode> needed = Needed([.. live, .. steps], left, segment.To);
            if (steps.Count > 0 || !needed.SequenceEqual(live))
            {
                (OperatorLayer program, float[][] values) = ProgramBuilder.Build(live, steps, needed);
                layers.Add(segment.To.Source, program, values);
                live = needed;
            }

            List<GraphNode> ready = [.. left.Where(node => node.Layer is not null && live.Contains(node.Inputs.First()))];
            if (ready.Count == 0)
                continue;
            left = [.. left.Except(ready)];
            List<GraphNode> kept = Needed(live, left, segment.To);
            LayerList[] branches = [.. ready.Select(node => Branch(layers.Shape, live, node))];
            if (kept.Count > 0)
            {
                var rest = new LayerList(layers.Shape);
                (OperatorLayer program, float[][] values) = ProgramBuilder.Build(live, [], kept);
                rest.Add(segment.To.Source, program, values);
                branches = [.. branches, rest];
            }

            layers.Add(segment.To.Source, new ParallelLayer([.. branches.Select(branch => branch.Layers)]), [.. branches.SelectMany(branch => branch.Values)]);
            live = [.. ready, .. kept];
        }
    }

    private static LayerList Branch(Shape shape, List<GraphNode> live, GraphNode node)
    {
        var branch = new LayerList(shape);
        if (live.Count > 1)
        {
            (OperatorLayer program, float[][] values) = ProgramBuilder.Build(live, [], [node.Inputs.First()]);
            branch.Add(node.Source, program, values);
        }

        AddLayer(branch, node);
        return branch;
    }

    /// <summary>Returns the nodes that other nodes, or the end of the segment, still need.</summary>
    private static List<GraphNode> Needed(List<GraphNode> nodes, List<GraphNode> left, GraphNode to)
    {
        HashSet<GraphNode> used = [.. left.SelectMany(node => node.Inputs), to];
        return [.. nodes.Where(used.Contains)];
    }
}

/// <summary>The nodes between two values that all later nodes depend on.</summary>
/// <param name="From">The input; not part of the segment.</param>
/// <param name="Nodes">The nodes in order; the last one is the output.</param>
internal sealed record Segment(GraphNode From, List<GraphNode> Nodes)
{
    public GraphNode To => Nodes[^1];
}
