namespace NeuralNetFromScratch;

/// <summary>The mean loss over all samples with its penalty, as a function of the trained parameters in double precision.</summary>
internal sealed class LbfgsObjective
{
    private readonly Trainer _trainer;
    private readonly Dataset _data;
    private readonly double _penalty;
    private readonly Parameter[] _parameters;
    private readonly int[] _order;

    public LbfgsObjective(Sequential network, Trainer trainer, Dataset data, double penalty)
    {
        _trainer = trainer;
        _data = data;
        _penalty = penalty;
        _parameters = [.. network.Parameters.Where(parameter => parameter.Role != ParameterRole.Buffer)];
        foreach (Parameter parameter in _parameters)
            Length += parameter.Values.Length;
        _order = [.. Enumerable.Range(0, data.Count)];
    }

    public Dataset Data => _data;

    /// <summary>Number of trained values.</summary>
    public int Length { get; }

    public int Passes { get; private set; }

    public void ReadPosition(double[] position)
    {
        int place = 0;
        foreach (Parameter parameter in _parameters)
        {
            foreach (float value in parameter.Values)
                position[place++] = value;
        }
    }

    public void WritePosition(double[] position)
    {
        int place = 0;
        foreach (Parameter parameter in _parameters)
        {
            foreach (ref float value in parameter.Values)
                value = (float)position[place++];
        }
    }

    /// <summary>The loss at a position, and its gradient.</summary>
    public double Evaluate(double[] position, double[] gradient)
    {
        Passes++;
        WritePosition(position);
        double loss = _trainer.ComputeGradients(_trainer.Load(_data, _order)).Loss, squares = 0;
        int place = 0;
        foreach (Parameter parameter in _parameters)
        {
            double penalty = parameter.Role == ParameterRole.Weight ? _penalty : 0;
            foreach (float slope in parameter.Gradients)
            {
                gradient[place] = slope + penalty * position[place];
                squares += penalty * position[place] * position[place];
                place++;
            }
        }

        return loss + squares / 2;
    }
}

/// <summary>The last steps and the changes of the gradient over them, and the direction that they make of a gradient.</summary>
internal sealed class LbfgsMemory(int capacity, int length)
{
    private readonly List<(double[] Step, double[] Change, double Curvature)> _pairs = [];
    private readonly double[] _factors = new double[capacity];

    public bool IsEmpty => _pairs.Count == 0;

    public void Add(double[] from, double[] to, double[] gradientBefore, double[] gradientAfter, double leastCurvature)
    {
        double[] step = new double[length], change = new double[length];
        for (int i = 0; i < length; i++)
            (step[i], change[i]) = (to[i] - from[i], gradientAfter[i] - gradientBefore[i]);
        double curvature = LbfgsMath.Dot(step, change);
        if (!(curvature > leastCurvature))
            return;
        if (_pairs.Count == capacity)
            _pairs.RemoveAt(0);
        _pairs.Add((step, change, curvature));
    }

    /// <summary>−H·g with the two loops of Nocedal and Wright, algorithm 7.4.</summary>
    public void Direction(double[] gradient, double[] direction)
    {
        for (int i = 0; i < length; i++)
            direction[i] = -gradient[i];
        for (int k = _pairs.Count - 1; k >= 0; k--)
        {
            _factors[k] = LbfgsMath.Dot(_pairs[k].Step, direction) / _pairs[k].Curvature;
            LbfgsMath.Add(direction, -_factors[k], _pairs[k].Change);
        }

        if (_pairs.Count > 0)
        {
            (_, double[] change, double curvature) = _pairs[^1];
            double scale = curvature / LbfgsMath.Dot(change, change);
            for (int i = 0; i < length; i++)
                direction[i] *= scale;
        }

        for (int k = 0; k < _pairs.Count; k++)
            LbfgsMath.Add(direction, _factors[k] - LbfgsMath.Dot(_pairs[k].Change, direction) / _pairs[k].Curvature, _pairs[k].Step);
    }
}

/// <summary>A line search for the strong Wolfe conditions.</summary>
internal sealed class WolfeSearch(LbfgsObjective objective, int length)
{
    /// <summary>How much of the fall that the slope promises is enough, and how much of the slope may be left.</summary>
    private const double EnoughFall = 1e-4, EnoughFlatness = 0.9;

    private const int MaxPasses = 25;

    /// <summary>How near a new place may come to the ends of an interval, and how far beyond the last one it may go.</summary>
    private const double Margin = 0.1, Growth = 10;

    /// <summary>Where the search ended.</summary>
    public double[] Position { get; } = new double[length];

    /// <summary>The gradient there.</summary>
    public double[] Gradient { get; } = new double[length];

    /// <summary>Goes along a direction to a lower loss.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Run(double[] origin, double[] direction, double size, double slope, ref double loss)
    {
        var start = new Place(0, loss, slope);
        Place low = start, high = default, best = start;
        bool isBracketed = false;
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            Place now = Evaluate(size);
            if (now.Loss < best.Loss)
                best = now;
            bool isTooHigh = !(now.Loss <= start.Loss + EnoughFall * now.Size * start.Slope) || (low.Size > 0 || isBracketed) && now.Loss >= low.Loss;
            if (!isTooHigh && Math.Abs(now.Slope) <= -EnoughFlatness * start.Slope)
            {
                loss = now.Loss;
                return true;
            }

            if (isTooHigh)
            {
                (high, isBracketed) = (now, true);
            }
            else
            {
                bool turns = isBracketed ? now.Slope * (high.Size - low.Size) >= 0 : now.Slope >= 0;
                Place last = low;
                low = now;
                if (turns)
                    (high, isBracketed) = (last, true);
                else if (!isBracketed)
                    high = last;
            }

            if (isBracketed && Math.Abs(high.Size - low.Size) * LbfgsMath.Largest(direction) < 1e-9)
                break;
            size = isBracketed ? Between(low, high) : Math.Clamp(Minimum(high, low), low.Size + Margin * (low.Size - high.Size), Growth * low.Size);
        }

        if (!(best.Loss < start.Loss))
            return false;
        loss = Evaluate(best.Size).Loss;
        return true;

        Place Evaluate(double at)
        {
            for (int i = 0; i < length; i++)
                Position[i] = origin[i] + at * direction[i];
            double value = objective.Evaluate(Position, Gradient);
            return new(at, value, LbfgsMath.Dot(Gradient, direction));
        }
    }

    /// <summary>The minimum of a cubic within an interval, not too near to its ends; its middle where a value is not finite.</summary>
    private static double Between(Place low, Place high)
    {
        double least = Math.Min(low.Size, high.Size), most = Math.Max(low.Size, high.Size), margin = Margin * (most - least);
        double size = Minimum(low, high);
        return double.IsFinite(size) ? Math.Clamp(size, least + margin, most - margin) : (least + most) / 2;
    }

    /// <summary>Where the cubic through two places with their slopes has its minimum (Nocedal and Wright, equation 3.59); NaN where there is none.</summary>
    private static double Minimum(Place first, Place second)
    {
        double sum = first.Slope + second.Slope - 3 * (first.Loss - second.Loss) / (first.Size - second.Size);
        double root = Math.Sqrt(sum * sum - first.Slope * second.Slope) * Math.Sign(second.Size - first.Size);
        double size = second.Size - (second.Size - first.Size) * (second.Slope + root - sum) / (second.Slope - first.Slope + 2 * root);
        return double.IsFinite(size) ? size : second.Size > first.Size ? double.PositiveInfinity : double.NaN;
    }

    /// <summary>A step size with the loss there and its derivative along the direction.</summary>
    private readonly record struct Place(double Size, double Loss, double Slope);
}

/// <summary>Sums in the order of the elements.</summary>
internal static class LbfgsMath
{
    public static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    public static void Add(double[] destination, double factor, double[] source)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] += factor * source[i];
    }

    public static double Size(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += Math.Abs(value);
        return sum;
    }

    /// <summary>The largest magnitude; NaN where there is one.</summary>
    public static double Largest(double[] values)
    {
        double largest = 0;
        foreach (double value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
