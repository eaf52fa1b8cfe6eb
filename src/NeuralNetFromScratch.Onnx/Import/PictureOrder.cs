namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Pictures of a model have their channels first, those of the library's layers last. Before such a layer stands a turn, and another one after it; what is between them is
/// carried out before the second one where its bits do not change, so that turns meet and cancel each other: all of a network has its channels last then.
/// </summary>
internal static class PictureOrder
{
    /// <summary>Pictures [channels, height, width] with their channels last.</summary>
    public static Operand Last(Tracer tracer, Operation operation, Operand elements, Shape picture) => Turned(tracer, operation, elements, new(picture[0], picture[1] * picture[2]));

    /// <summary>Pictures [height, width, channels] with their channels first.</summary>
    public static Operand First(Tracer tracer, Operation operation, Operand elements, Shape picture) => Turned(tracer, operation, elements, new(picture[0] * picture[1], picture[2]));

    /// <summary>A step on values that were turned, carried out before the turn; null where that cannot be.</summary>
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
        // Channels side by side: each operand has some.
        if (isJoin && Array.Exists(operands, operand => operand.Length % turn.Rows != 0))
            return null;
        Operand?[] sources = [.. operands.Select(operand => Before(tracer, operation, operand, isJoin ? new(turn.Rows, operand.Length / turn.Rows) : turn, isJoin))];
        if (Array.Exists(sources, source => source is null))
            return null;
        Operand result = tracer.Step(operation, step.Name, [.. sources.Select(source => source!)], step.Numbers, isJoin ? [turn.Rows] : step.Sizes);
        return Turned(tracer, operation, result, new(turn.Rows, result.Length / turn.Rows));
    }

    /// <summary>The rows of a dense layer's weight in the order of what was turned.</summary>
    /// <param name="tracer">Where values are accounted for.</param>
    /// <param name="operation">The node of the model.</param>
    /// <param name="input">What the layer takes.</param>
    /// <param name="values">Its weight, [in, out], which is replaced, and its bias.</param>
    /// <returns>What it takes then.</returns>
    public static Operand TurnWeights(Tracer tracer, Operation operation, Operand input, float[][] values)
    {
        if (Find(input) is not { } found)
            return input;
        tracer.Budget.Spend(operation, values[0].Length);
        values[0] = new Turn(found.Turn.Columns, found.Turn.Rows).Apply(values[0], values[0].Length / input.Length);
        return found.Source;
    }

    /// <summary>Whether pictures lie with their channels last already.</summary>
    public static bool IsTurned(Operand elements) => Find(elements) is not null;

    private static Operand Turned(Tracer tracer, Operation operation, Operand elements, Turn turn)
    {
        if (turn.Rows == 1 || turn.Columns == 1 || elements.Node is not { } node)
            return elements;
        // Branches that begin at one value share its turn.
        if (!tracer.Turns.TryGetValue((node, turn), out Operand? turned))
            tracer.Turns.Add((node, turn), turned = tracer.Step(operation, "View", [elements], sizes: [0, turn.Columns, turn.Rows, 1, turn.Columns]));
        return turned;
    }

    /// <summary>What was turned, and how.</summary>
    private static (Operand Source, Turn Turn)? Find(Operand operand) =>
        operand.Node is { Step: "View" } node && Turn.Of(node.Sizes, node.Operands[0].Length) is { } turn ? (node.Operands[0], turn) : null;

    /// <summary>What becomes an operand by a turn; null where it would take another step.</summary>
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

        // One number for each channel, repeated over its places.
        return operand.Node is { Step: "View", Sizes: [var offset, var rows, var columns, var down, var across] } && rows == turn.Columns && columns == turn.Rows
            ? tracer.Step(operation, "View", [operand.Node.Operands[0]], sizes: [offset, columns, rows, across, down])
            : null;
    }
}
