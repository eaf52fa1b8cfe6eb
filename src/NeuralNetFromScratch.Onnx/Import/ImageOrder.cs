namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Images have channels first in ONNX and last in the layers of the library. A layer is therefore between two transpositions. Steps that follow the second
/// transposition are moved before it if this does not change their bits, so that transpositions meet and cancel. The whole network then has channels last.
/// </summary>
internal static class ImageOrder
{
    /// <summary>Transposes images [channels, height, width] to channels last.</summary>
    public static Operand Last(Tracer tracer, Operation operation, Operand elements, Shape image) => Turned(tracer, operation, elements, new(image[0], image[1] * image[2]));

    /// <summary>Transposes images [height, width, channels] to channels first.</summary>
    public static Operand First(Tracer tracer, Operation operation, Operand elements, Shape image) => Turned(tracer, operation, elements, new(image[0] * image[1], image[2]));

    /// <summary>Moves a step before the transposition of its inputs; null if this is impossible.</summary>
    public static Operand? Through(Tracer tracer, Operation operation, Step step, Operand[] operands)
    {
        if (step.Name == "View")
            return Find(operands[0]) is { } inner && Turn.Of(step.Sizes, operands[0].Length) is { } next && next == new Turn(inner.Turn.Columns, inner.Turn.Rows) ? inner.Source : null;
        bool isJoin = step.Name == "Join" && step.Sizes is [1];
        if (!isJoin && !step.Operator.IsElementwise)
            return null;
        (Operand Source, Turn Turn)? first = operands.Select(Find).FirstOrDefault(found => found is not null);
        if (first is not { Turn: var turn })
            return null;
        // A concatenation of channels.
        if (isJoin && Array.Exists(operands, operand => operand.Length % turn.Rows != 0))
            return null;
        Operand?[] sources = [.. operands.Select(operand => Before(tracer, operation, operand, isJoin ? new(turn.Rows, operand.Length / turn.Rows) : turn, isJoin))];
        if (Array.Exists(sources, source => source is null))
            return null;
        Operand result = tracer.Step(operation, step.Name, [.. sources.Select(source => source!)], step.Numbers, isJoin ? [turn.Rows] : step.Sizes);
        return Turned(tracer, operation, result, new(turn.Rows, result.Length / turn.Rows));
    }

    /// <summary>Permutes the rows of a dense layer's weight instead of transposing its input.</summary>
    /// <param name="tracer">Counts the allocated values.</param>
    /// <param name="operation">The node of the model.</param>
    /// <param name="input">The input of the layer.</param>
    /// <param name="values">The weight, [in, out], which is replaced, and the bias.</param>
    /// <returns>The new input of the layer.</returns>
    public static Operand TurnWeights(Tracer tracer, Operation operation, Operand input, float[][] values)
    {
        if (Find(input) is not { } found)
            return input;
        tracer.Budget.Spend(operation, values[0].Length);
        values[0] = new Turn(found.Turn.Columns, found.Turn.Rows).Apply(values[0], values[0].Length / input.Length);
        return found.Source;
    }

    /// <summary>Whether images already have channels last.</summary>
    public static bool IsTurned(Operand elements) => Find(elements) is not null;

    private static Operand Turned(Tracer tracer, Operation operation, Operand elements, Turn turn)
    {
        if (turn.Rows == 1 || turn.Columns == 1 || elements.Node is not { } node)
            return elements;
        // Branches of one value share its transposition.
        if (!tracer.Turns.TryGetValue((node, turn), out Operand? turned))
            tracer.Turns.Add((node, turn), turned = tracer.Step(operation, "View", [elements], sizes: [0, turn.Columns, turn.Rows, 1, turn.Columns]));
        return turned;
    }

    /// <summary>Returns the value before its transposition, and the transposition.</summary>
    private static (Operand Source, Turn Turn)? Find(Operand operand) =>
        operand.Node is { Step: "View" } node && Turn.Of(node.Sizes, node.Operands[0].Length) is { } turn ? (node.Operands[0], turn) : null;

    /// <summary>Returns the value whose transposition is an operand; null if another step would be required.</summary>
    private static Operand? Before(Tracer tracer, Operation operation, Operand operand, Turn turn, bool isJoin)
    {
        if ((operand.Length == 1 && !isJoin) || (turn.Rows == 1 || turn.Columns == 1))
            return operand;
        if (Find(operand) is { } found)
            return found.Turn == turn ? found.Source : null;
        var back = new Turn(turn.Columns, turn.Rows);
        if (operand.Numbers is { } numbers)
        {
            tracer.Budget.Spend(operation, numbers.Length);
            return new(back.Apply(numbers));
        }

        // One number for each channel, repeated over its positions.
        return operand.Node is { Step: "View", Sizes: [var offset, var rows, var columns, var down, var across] } && rows == turn.Columns && columns == turn.Rows
            ? tracer.Step(operation, "View", [operand.Node.Operands[0]], sizes: [offset, columns, rows, across, down])
            : null;
    }
}
