namespace NeuralNetFromScratch;

/// <summary>The mean loss over all samples plus its penalty, as a function of the trained parameters in double precision.</summary>
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

    /// <summary>The number of trained values.</summary>
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

    /// <summary>Computes the loss at a position, and its gradient.</summary>
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

/// <summary>The most recent steps and gradient changes, from which the search direction is computed.</summary>
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

    /// <summary>Computes −H·g with the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4).</summary>
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
    /// <summary>The constants of the Wolfe conditions: c₁ of sufficient decrease and c₂ of curvature.</summary>
    private const double EnoughFall = 1e-4, EnoughFlatness = 0.9;

    private const int MaxPasses = 25;

    /// <summary>
    /// The smallest relative distance of a trial step to the ends of its interval, and the largest factor from one trial step to the next.
    /// </summary>
    private const double Margin = 0.1, Growth = 10;

    /// <summary>The position where the search ended.</summary>
    public double[] Position { get; } = new double[length];

    /// <summary>The gradient at <see cref="Position"/>.</summary>
    public double[] Gradient { get; } = new double[length];

    /// <summary>Searches along a direction for a lower loss.</summary>
    /// <returns>Whether a lower loss was found.</returns>
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

    /// <summary>
    /// Returns the minimum of a cubic within an interval, at a minimum distance from its ends; the middle of the interval if a value is not
    /// finite.
    /// </summary>
    private static double Between(Place low, Place high)
    {
        double least = Math.Min(low.Size, high.Size), most = Math.Max(low.Size, high.Size), margin = Margin * (most - least);
        double size = Minimum(low, high);
        return double.IsFinite(size) ? Math.Clamp(size, least + margin, most - margin) : (least + most) / 2;
    }

    /// <summary>
    /// Returns the minimum of the cubic through two points with their slopes (Nocedal and Wright 2006, equation 3.59); NaN if there is none.
    /// </summary>
    private static double Minimum(Place first, Place second)
    {
        double sum = first.Slope + second.Slope - 3 * (first.Loss - second.Loss) / (first.Size - second.Size);
        double root = Math.Sqrt(sum * sum - first.Slope * second.Slope) * Math.Sign(second.Size - first.Size);
        double size = second.Size - (second.Size - first.Size) * (second.Slope + root - sum) / (second.Slope - first.Slope + 2 * root);
        return double.IsFinite(size) ? size : second.Size > first.Size ? double.PositiveInfinity : double.NaN;
    }

    /// <summary>A step size, the loss after this step, and the derivative along the direction.</summary>
    private readonly record struct Place(double Size, double Loss, double Slope);
}

/// <summary>Vector operations whose sums are in the order of the elements.</summary>
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

    /// <summary>Returns the largest magnitude; NaN if an element is NaN.</summary>
    public static double Largest(double[] values)
    {
        double largest = 0;
        foreach (double value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
