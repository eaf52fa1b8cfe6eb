namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// A strided view of the input: <c>y[i₁, …, iₙ] = x[offset + Σ iⱼ·strideⱼ]</c>, for transposing, slicing and repeating. The sizes are: offset, the n sizes, the n
/// strides.
/// </summary>
internal sealed class ViewStep : StepOperator
{
    private const int MaximumRank = 32;

    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Sizes.Length % 2 == 1 && step.Sizes.Length <= 2 * MaximumRank + 1, step, "takes one value, an offset, and pairs of size and stride");
        ReadOnlySpan<int> sizes = SizesOf(step), strides = StridesOf(step);
        int length = Product(step, sizes);
        long first = step.Sizes[0], last = first;
        for (int i = 0; i < sizes.Length; i++)
        {
            long reach = (sizes[i] - 1L) * strides[i];
            first += Math.Min(reach, 0);
            last += Math.Max(reach, 0);
        }

        Require(first >= 0 && last < lengths[0], step, $"reads {first} to {last} of {lengths[0]} values");
        return length;
    }

    public override void Forward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0);
        Span<float> y = run.Output;
        var place = new Walk(run.Step, stackalloc int[MaximumRank]);
        for (int i = 0; i < y.Length; i++, place.Next())
            y[i] = x[place.Index];
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> dy = run.OutputGradient;
        Span<float> dx = run.InputGradient(0);
        var place = new Walk(run.Step, stackalloc int[MaximumRank]);
        for (int i = 0; i < dy.Length && !dx.IsEmpty; i++, place.Next())
            dx[place.Index] += dy[i];
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths)
    {
        long[] indices = new long[OutputLength(step, lengths)];
        var place = new Walk(step, stackalloc int[MaximumRank]);
        for (int i = 0; i < indices.Length; i++, place.Next())
            indices[i] = place.Index;
        return graph.Node("Gather", [inputs[0], graph.Integers(indices)], GraphBuilder.Attribute("axis", 1L));
    }

    private static ReadOnlySpan<int> SizesOf(Step step) => step.Sizes.AsSpan(1, step.Sizes.Length / 2);

    private static ReadOnlySpan<int> StridesOf(Step step) => step.Sizes.AsSpan(1 + step.Sizes.Length / 2);

    /// <summary>Enumerates the indices in order.</summary>
    private ref struct Walk
    {
        private readonly ReadOnlySpan<int> _sizes, _strides;
        private readonly Span<int> _counts;

        public Walk(Step step, Span<int> counts)
        {
            Index = step.Sizes[0];
            _sizes = SizesOf(step);
            _strides = StridesOf(step);
            _counts = counts;
            _counts.Clear();
        }

        public int Index { get; private set; }

        public void Next()
        {
            for (int axis = _sizes.Length - 1; axis >= 0; axis--)
            {
                Index += _strides[axis];
                if (++_counts[axis] < _sizes[axis])
                    return;
                Index -= _sizes[axis] * _strides[axis];
                _counts[axis] = 0;
            }
        }
    }
}

/// <summary>Concatenates values: <c>y[o] = [x₁[o], x₂[o], …]</c>. The only size is that of o, 1 if there are no axes before the concatenated one.</summary>
internal sealed class JoinStep : StepOperator
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length > 0 && step.Sizes is [> 0], step, "takes values and one size");
        int sum = 0;
        foreach (int length in lengths)
        {
            Require(length % step.Sizes[0] == 0, step, "a value is not divided by the size");
            sum = checked(sum + length);
        }

        return sum;
    }

    public override void Forward(in StepRun run)
    {
        Span<float> y = run.Output;
        int start = 0, width = y.Length / run.Step.Sizes[0];
        for (int input = 0; input < run.Step.Inputs.Length; input++)
        {
            ReadOnlySpan<float> x = run.Input(input);
            int part = x.Length / run.Step.Sizes[0];
            for (int o = 0; o < run.Step.Sizes[0]; o++)
                x.Slice(o * part, part).CopyTo(y[(o * width + start)..]);
            start += part;
        }
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> dy = run.OutputGradient;
        int start = 0, width = dy.Length / run.Step.Sizes[0];
        for (int input = 0; input < run.Step.Inputs.Length; input++)
        {
            int part = run.Input(input).Length / run.Step.Sizes[0];
            Span<float> dx = run.InputGradient(input);
            for (int i = 0; i < dx.Length; i++)
                dx[i] += dy[i / part * width + start + i % part];
            start += part;
        }
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths)
    {
        string[] parts = new string[inputs.Length];
        int total = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            parts[i] = graph.Reshape(inputs[i], [step.Sizes[0], lengths[i] / step.Sizes[0]]);
            total += lengths[i];
        }

        return graph.Reshape(graph.Node("Concat", parts, GraphBuilder.Attribute("axis", 2L)), [total]);
    }
}

/// <summary>Selects positions along an axis: <c>y[o, n, i] = x[o, indexₙ, i]</c>. The sizes are those of o, k and i of the input, then the indices.</summary>
internal sealed class PickStep : StepOperator
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Sizes.Length > 3 && Product(step, step.Sizes.AsSpan(0, 3)) == lengths[0], step, "sizes and values differ");
        foreach (int index in step.Sizes.AsSpan(3))
            Require(index >= 0 && index < step.Sizes[1], step, $"the index {index} is not below {step.Sizes[1]}");
        return Product(step, step.Sizes[0], step.Sizes.Length - 3, step.Sizes[2]);
    }

    public override void Forward(in StepRun run)
    {
        ReadOnlySpan<float> x = run.Input(0);
        Span<float> y = run.Output;
        int inner = run.Step.Sizes[2];
        for (int part = 0; part < y.Length / inner; part++)
            x.Slice(Source(run.Step, part), inner).CopyTo(y[(part * inner)..]);
    }

    public override void Backward(in StepRun run)
    {
        ReadOnlySpan<float> dy = run.OutputGradient;
        Span<float> dx = run.InputGradient(0);
        int inner = run.Step.Sizes[2];
        for (int i = 0; i < dy.Length && !dx.IsEmpty; i++)
            dx[Source(run.Step, i / inner) + i % inner] += dy[i];
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths)
    {
        string picked = graph.Node(
            "Gather", [graph.Reshape(inputs[0], step.Sizes.AsSpan(0, 3)), graph.Integers([.. step.Sizes.Skip(3).Select(index => (long)index)])], GraphBuilder.Attribute("axis", 2L));
        return graph.Reshape(picked, [OutputLength(step, lengths)]);
    }

    /// <summary>Returns the offset in the input of a part of the output.</summary>
    private static int Source(Step step, int part)
    {
        int indices = step.Sizes.Length - 3;
        return (part / indices * step.Sizes[1] + step.Sizes[3 + part % indices]) * step.Sizes[2];
    }
}

/// <summary>Repeats the first element of a value; the size is the number of repetitions.</summary>
internal sealed class FillStep : StepOperator
{
    public override int OutputLength(Step step, ReadOnlySpan<int> lengths)
    {
        Require(lengths.Length == 1 && step.Sizes is [> 0], step, "takes a value and one size");
        return step.Sizes[0];
    }

    public override void Forward(in StepRun run) => run.Output.Fill(run.Input(0)[0]);

    public override void Backward(in StepRun run)
    {
        Span<float> dx = run.InputGradient(0);
        if (dx.IsEmpty)
            return;
        foreach (float gradient in run.OutputGradient)
            dx[0] += gradient;
    }

    public override string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths) =>
        graph.Node("Gather", [inputs[0], graph.Integers(new long[step.Sizes[0]])], GraphBuilder.Attribute("axis", 1L));
}
